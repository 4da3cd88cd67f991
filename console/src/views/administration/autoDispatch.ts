/** What is said of all categories together, and in which order they stand. */
import type { Schemas } from '@/api/client'

export type AutoDispatch = Schemas['AutoDispatch']
export type CategoryLine = AutoDispatch['categories'][number]
interface Group { code: string; name: string; children: { code: string }[] }

/** Return the lines under the city's groups, groups without a line left out. */
export function grouped(lines: CategoryLine[], groups: Group[]): { code: string; name: string; lines: CategoryLine[] }[] {
  const known = new Set(groups.flatMap((group) => group.children.map((one) => one.code)))
  const found = groups.map((group) => ({ code: group.code, name: group.name, lines: lines.filter((line) => group.children.some((one) => one.code === line.code)) }))
  const others = lines.filter((line) => !known.has(line.code))
  return [...found, { code: '', name: '', lines: others }].filter((group) => group.lines.length > 0)
}

/** Return the sums of all categories; a share is null where nothing was counted. */
export function totals(lines: CategoryLine[]): { all: number; on: number; tickets: number; dispatched: number; misdirected: number; coverage: number | null; error: number | null } {
  const sum = (name: 'tickets' | 'dispatched' | 'misdirected'): number => lines.reduce((total, line) => total + line[name], 0)
  const [tickets, dispatched, misdirected] = [sum('tickets'), sum('dispatched'), sum('misdirected')]
  return {
    all: lines.length,
    on: lines.filter((line) => line.is_on).length,
    tickets,
    dispatched,
    misdirected,
    coverage: tickets ? Math.min(dispatched / tickets, 1) : null,
    error: dispatched ? misdirected / dispatched : null,
  }
}

/** Put a switch's answer in its place: it tells of the switch alone, the figures stay those that were read. */
export function replaced(lines: CategoryLine[], answer: CategoryLine): CategoryLine[] {
  const { is_on, switched_at, switched_by, reason } = answer
  return lines.map((line) => (line.code === answer.code ? { ...line, is_on, switched_at, switched_by, reason } : line))
}
