/** Spans of days that figures are asked for by name, in Beijing time; first and last are both meant. */
export const PERIODS = ['week', 'thirty', 'month', 'quarter', 'year'] as const
export type Period = (typeof PERIODS)[number]
export type Days = [first: string, last: string]

const DAY_MS = 86_400_000
const BEIJING_MS = 8 * 3_600_000

/** Return the day, in Beijing time, of a moment. */
export const dayOf = (at: number): string => new Date(at + BEIJING_MS).toISOString().slice(0, 10)

/** Return the days of a span that ends with the day of `now`. */
export function periodOf(period: Period, now: number): Days {
  const today = new Date(now + BEIJING_MS)
  const back = (days: number): string => dayOf(now - days * DAY_MS)
  const [year, month] = [today.getUTCFullYear(), today.getUTCMonth()]
  const begin = (of: number): string => new Date(Date.UTC(year, of, 1)).toISOString().slice(0, 10)
  const first = { week: back(6), thirty: back(29), month: begin(month), quarter: begin(month - (month % 3)), year: begin(0) }[period]
  return [first, back(0)]
}
