/** What a person typed into a step's form: there again after a reload, until the step is taken or the form is closed; for nobody else. */
interface Of { number: string; action: string; assignment?: number | null }
const PREFIX = 'hotline.step.'
const keyOf = (username: string, of: Of): string => `${PREFIX}${username}.${of.number}.${of.action}.${of.assignment ?? ''}`

/** Keep what a form holds as long as this tab lives. */
export function keep(username: string, of: Of, values: Record<string, unknown>): void {
  sessionStorage.setItem(keyOf(username, of), JSON.stringify(values))
}
export function read(username: string, of: Of): Record<string, unknown> {
  try {
    return JSON.parse(sessionStorage.getItem(keyOf(username, of)) ?? '{}') as Record<string, unknown>
  } catch {
    return {}
  }
}
export function drop(username: string, of: Of): void {
  sessionStorage.removeItem(keyOf(username, of))
}
/** Forget every draft: whoever signs in next is somebody else. */
export function dropAll(): void {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key)
}
