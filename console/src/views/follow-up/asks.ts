/** Who is to be called: now, later today or another day, by the moment from which the hub lets them be called. */
import type { Schemas } from '@/api/client'

export type Ask = Schemas['AskLine']

export interface Call {
  /** Now; else from when, or by nobody any more. */
  when: 'now' | 'later' | 'over'
  from: string | null
}

/** Tell when a caller may be called, at a moment of the hub's clock in milliseconds. */
export function callOf(ask: Ask, now: number): Call {
  if (ask.call_from === null) return { when: 'over', from: null }
  return { when: Date.parse(ask.call_from) <= now ? 'now' : 'later', from: ask.call_from }
}
/** Return who may be called now in front, then by when; within each the longest waiting first, as they came. */
export function byMoment(asks: readonly Ask[], now: number): Ask[] {
  const rank = (ask: Ask): number => {
    const call = callOf(ask, now)
    if (call.when === 'now') return 0
    return call.from === null ? Number.POSITIVE_INFINITY : Date.parse(call.from)
  }
  return [...asks].sort((one, other) => {
    const [first, second] = [rank(one), rank(other)]
    return first === second ? 0 : first - second
  })
}
