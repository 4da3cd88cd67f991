/** What stands on the supervision desk (督办台): its parts, and the one list that its first part is made of. */
import type { Schemas } from '@/api/client'

/** A ticket as it stands in any list from which one presses: overdue, soon red, or going from hand to hand. */
export interface Pressed {
  key: string
  number: string
  category: string
  department: string
  at: string | null
  urgency: number
  level: number
  chance: number | null
  why: string[]
}

export const ofOverdue = (one: Schemas['OverdueTicket']): Pressed => ({
  key: one.number,
  number: one.number,
  category: one.category.name,
  department: one.lead?.name ?? '',
  at: one.late_since,
  urgency: one.urgency,
  level: one.supervision_level,
  chance: null,
  why: one.is_excused ? one.excuses : one.past,
})

export const ofRed = (one: Schemas['RedPartLine']): Pressed => ({
  key: `${one.number}-${one.assignment}`,
  number: one.number,
  category: one.category.name,
  department: one.department.name,
  at: one.reply_by,
  urgency: one.urgency,
  level: 0,
  chance: one.chance,
  why: [],
})

/** Steps that press without moving a state; which of them one may take says the ticket. */
const PRESSING = ['remind', 'supervise', 'escalate']
export const pressing = (allowed: string[]): string[] => PRESSING.filter((action) => allowed.includes(action))

/** Return the tabs that somebody may read, in their order. */
export function tabsOf(may: (address: string) => boolean): [string, ...string[]] {
  const needs: Record<string, string> = {
    press: 'GET /api/v1/backlog/overdue',
    pingPong: 'GET /api/v1/backlog/ping-pong',
    letters: 'GET /api/v1/supervisions',
    deferrals: 'GET /api/v1/deferrals',
    exclusions: 'GET /api/v1/exclusions',
    limits: 'GET /api/v1/caller-limits',
  }
  const found = Object.keys(needs).filter((name) => may(needs[name] ?? ''))
  return [found[0] ?? 'press', ...found.slice(1)]
}

/** Add letters up by level: how many were issued, are open, are late. */
export function byLevel(lines: Schemas['LevelLine'][]): { level: number; issued: number; open: number; late: number; met: number; unmet: number }[] {
  return [1, 2, 3].map((level) => {
    const own = lines.filter((one) => one.level === level)
    const sum = (of: 'issued' | 'open' | 'late' | 'met' | 'unmet'): number => own.reduce((all, one) => all + one[of], 0)
    return { level, issued: sum('issued'), open: sum('open'), late: sum('late'), met: sum('met'), unmet: sum('unmet') }
  })
}
