/** What an administrator may do to an account, and what of it is sent to the hub. */
import { ask, http, type Schemas } from '@/api/client'

export type UserLine = Schemas['UserLine']
export type UserAnswer = Schemas['UserAnswer']
export type Act = 'create' | Schemas['UserStep']['action']
export interface Asked {
  act: Act
  user?: UserLine
}
export interface Wanted {
  username: string
  role: string
  department: string
}

/** Tell whether everything is there that this act needs; whether a role has a department, the hub says. */
export function isComplete(act: Act, wanted: Wanted): boolean {
  if (act === 'create') return Boolean(wanted.username.trim() && wanted.role)
  return act !== 'set_role' || Boolean(wanted.role)
}

/** Take the step; the answer holds the new password where there is one. */
export async function take({ act, user }: Asked, wanted: Wanted): Promise<UserAnswer> {
  // The description lists this city's departments; at run time they are those of GET /api/v1/city.
  const department = (wanted.department || null) as Schemas['NewUser']['department']
  const as = { role: wanted.role as UserLine['role'], department }
  if (act === 'create') return ask(http.POST('/api/v1/users', { body: { username: wanted.username.trim(), ...as } }))
  const body = act === 'set_role' ? { action: act, ...as } : { action: act }
  return ask(http.POST('/api/v1/users/{username}/steps', { params: { path: { username: user?.username ?? '' } }, body }))
}
