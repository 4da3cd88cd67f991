/** A score as it is filled in: points for every item, and what vetoes it. */
import type { Schemas } from '@/api/client'

export type Sheet = Schemas['ScoreSheet']
export type Inspection = Schemas['InspectionLine']
export interface Scored {
  points: Record<string, number>
  vetoes: string[]
}

/** Return a sheet filled in: as it was scored before, else with full points. */
export function begun(sheet: Sheet, one: Inspection): Scored {
  const points = Object.fromEntries(sheet.items.map((item) => [item.code, one.points[item.code] ?? item.points ?? 0]))
  return { points, vetoes: [...one.vetoes] }
}

/** Return what the points come to; a veto leaves nothing. */
export function total(sheet: Sheet, scored: Scored): number {
  if (scored.vetoes.length > 0) return 0
  return sheet.items.reduce((sum, item) => sum + (scored.points[item.code] ?? 0), 0)
}

/** Return the items that lost points, with how many. */
export const lost = (sheet: Sheet, scored: Scored): [name: string, points: number][] =>
  sheet.items.flatMap((item): [string, number][] => {
    const missing = (item.points ?? 0) - (scored.points[item.code] ?? 0)
    return missing > 0 ? [[item.name, missing]] : []
  })
