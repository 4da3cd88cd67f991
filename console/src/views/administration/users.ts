/** What an administrator may do to an account, and what of it is sent to the hub. */
import { ask, http, type Schemas } from '@/api/client'

export type UserLine = Schemas['UserLine']
export type UserAnswer = Schemas['UserAnswer']
export type Act = 'create' | 'bind' | 'unbind' | Schemas['UserStep']['action']
export interface Asked {
  act: Act
  user?: UserLine
}
export interface Wanted {
  username: string
  role: string
  department: string
  /** Whom of the identity provider an account is bound to. */
  subject?: string
}

/** Tell whether everything is there that this act needs; whether a role has a department, the hub says. */
export function isComplete(act: Act, wanted: Wanted): boolean {
  if (act === 'create') return Boolean(wanted.username.trim() && wanted.role)
  if (act === 'bind') return Boolean(wanted.subject?.trim())
  return act !== 'set_role' || Boolean(wanted.role)
}

/** Take the step; the answer holds the new password where there is one. */
export async function take({ act, user }: Asked, wanted: Wanted): Promise<UserAnswer> {
  // The description lists this city's departments; at run time they are those of GET /api/v1/city.
  const department = (wanted.department || null) as Schemas['NewUser']['department']
  const as = { role: wanted.role as UserLine['role'], department }
  if (act === 'create') return ask(http.POST('/api/v1/users', { body: { username: wanted.username.trim(), ...as } }))
  const params = { path: { username: user?.username ?? '' } }
  const identity = '/api/v1/users/{username}/identity'
  if (act === 'bind') return { ...(await ask(http.PUT(identity, { params, body: { subject: wanted.subject?.trim() ?? '' } }))), password: null }
  if (act === 'unbind') return { ...(await ask(http.DELETE(identity, { params }))), password: null }
  const body = act === 'set_role' ? { action: act, ...as } : { action: act }
  return ask(http.POST('/api/v1/users/{username}/steps', { params, body }))
}
