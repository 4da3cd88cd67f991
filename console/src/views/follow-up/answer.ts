/** What a caller said, as it is filled in; sent when the hub would take it. */
import type { Schemas } from '@/api/client'

export interface Heard {
  reached?: boolean
  solved?: boolean
  satisfied?: boolean
  reason: string
}
export const NOTHING_HEARD: Heard = { reason: '' }

export const isDispleased = (heard: Heard): boolean => heard.reached === true && (heard.solved === false || heard.satisfied === false)

/** Tell whether enough is filled in; what a displeased caller finds wrong is what the unit works by. */
export function isWhole(heard: Heard): boolean {
  if (heard.reached === undefined) return false
  if (!heard.reached) return true
  if (heard.solved === undefined || heard.satisfied === undefined) return false
  return !isDispleased(heard) || heard.reason.trim() !== ''
}
/** Return what is sent; who was not reached said nothing. */
export function saidOf(heard: Heard): Schemas['Said'] {
  if (!heard.reached) return { reached: false, reason: heard.reason.trim() }
  return { reached: true, solved: heard.solved, satisfied: heard.satisfied, reason: heard.reason.trim() }
}
