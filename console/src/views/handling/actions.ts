/** The steps that the hub allows, those that are taken most in front, the others behind "more". */

/** The order of a part's own way; whether a step is possible is the hub's to say. */
const WAY = ['acknowledge', 'contact', 'progress', 'reply', 'sign_off', 'decide_send_back']

export interface Offered {
  main: string[]
  more: string[]
}

/** Return the allowed steps in two groups; `next` is the one that is owed, which stands out. */
export function offered(allowed: readonly string[]): Offered {
  return { main: WAY.filter((one) => allowed.includes(one)), more: allowed.filter((one) => !WAY.includes(one)) }
}
/** Return the step that stands out: the one that is owed where it is allowed, else the first of the way. */
export function primary(allowed: readonly string[], owes: string | undefined): string | undefined {
  return owes && allowed.includes(owes) ? owes : offered(allowed).main.find((one) => one !== 'progress')
}
