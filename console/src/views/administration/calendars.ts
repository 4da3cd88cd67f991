/** Days of a year as people say them. */

const DAY_MS = 86_400_000
const short = (day: string): string => `${Number(day.slice(5, 7))}月${Number(day.slice(8, 10))}日`

/** Return days in a row as one span: 1月1日–1月3日. `days` are YYYY-MM-DD in order. */
export function spans(days: string[]): string[] {
  const found: [first: string, last: string][] = []
  for (const day of days) {
    const last = found.at(-1)
    if (last && Date.parse(day) - Date.parse(last[1]) === DAY_MS) last[1] = day
    else found.push([day, day])
  }
  return found.map(([first, last]) => (first === last ? short(first) : `${short(first)}–${short(last)}`))
}
