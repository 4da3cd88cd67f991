/** 双人复核: where a deed that needs two persons stands, and what exactly is signed. */
import type { Schemas } from '@/api/client'

export type Countersign = Schemas['CountersignLine']
export type Standing = 'waiting' | 'lapsed' | 'refused' | 'granted' | 'used'

/** Return where it stands at `now`, in milliseconds; a signature that was not used in time is lapsed too. */
export function standingOf(one: Countersign, now: number): Standing {
  if (one.used_at !== null) return 'used'
  if (one.is_granted === false) return 'refused'
  if (Date.parse(one.lapses_at) <= now) return 'lapsed'
  return one.is_granted ? 'granted' : 'waiting'
}

export const TONES: Record<Standing, 'warning' | 'info' | 'danger' | 'success'> = { waiting: 'warning', lapsed: 'info', refused: 'danger', granted: 'success', used: 'info' }

export interface Names {
  label: (sort: string, value: string) => string
  department: (code: string) => string
  category: (code: string) => string
}

/** Return what exactly is signed, as pairs of words: 主办单位 城管局. What is not of an order's names is left as it is. */
export function exactly(asked: Record<string, unknown>, names: Names): [string, string][] {
  const said = (name: string, code: string): string => {
    if (name === 'lead' || name === 'assisting') return names.department(code)
    if (name === 'category') return names.category(code)
    return name === 'kind' ? names.label('kind', code) : code
  }
  return Object.entries(asked).map(([name, value]) => [
    names.label('step_field', name),
    (Array.isArray(value) ? value : [value]).map((one) => said(name, String(one))).join('、'),
  ])
}

/** Return what of a ticket's still presses: what waits, and what is signed for `me` and not done yet. */
export const pressing = (found: Countersign[], me: string | undefined, now: number): Countersign[] =>
  found.filter((one) => { const at = standingOf(one, now); return at === 'waiting' || (at === 'granted' && one.asked_by === me) })
