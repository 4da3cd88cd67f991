/** A candidate's figures as one table, and the commands by which the model in use is changed. */
import type { Schemas } from '@/api/client'

export type Entry = Schemas['Entry']
export interface Row {
  name: string
  figures: Record<string, number | null>
}

/** Return one row for each set that it was measured on: cross-validation, every held-out file, the city's history. */
export function tables(one: Entry): Row[] {
  const rows = [{ name: 'cross_validated', figures: one.cross_validated as Record<string, number | null> }, ...Object.entries(one.held_out).map(([name, figures]) => ({ name, figures: figures as Record<string, number | null> }))]
  return one.history ? [...rows, { name: 'history', figures: one.history }] : rows
}

/** Return the names of all figures, in the order in which they were found. Counts are none. */
export function figureNames(one: Entry): string[] {
  const isShare = (name: string): boolean => tables(one).every(({ figures }) => (figures[name] ?? 0) <= 1)
  return [...new Set(tables(one).flatMap((row) => Object.keys(row.figures)))].filter(isShare)
}

/** Return the commands, with what is known filled in. */
export function commands(candidate: string, by: string): { name: string; line: string }[] {
  const version = candidate || 'VERSION'
  return [
    { name: 'train', line: 'hotline nlu train --from-database' },
    { name: 'shadow', line: `hotline nlu shadow ${version}` },
    { name: 'promote', line: `hotline nlu promote ${version} --by ${by}` },
    { name: 'rollback', line: `hotline nlu rollback --by ${by}` },
    { name: 'drift', line: 'hotline nlu drift' },
  ]
}
