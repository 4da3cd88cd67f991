/** Times as people of the hotline write them, always Beijing time. */
const FULL = new Intl.DateTimeFormat('zh-CN', { timeZone: 'Asia/Shanghai', month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit', hour12: false })
const YEAR = new Intl.DateTimeFormat('zh-CN', { timeZone: 'Asia/Shanghai', year: 'numeric' })
const DAY = new Intl.DateTimeFormat('zh-CN', { timeZone: 'Asia/Shanghai', year: 'numeric', month: 'long', day: 'numeric', weekday: 'short' })

/** 11月28日 14:05, with the year where it is not that of `beside`. */
export function moment(at: string | number | null | undefined, beside = Date.now()): string {
  if (at === null || at === undefined || at === '') return ''
  const date = new Date(at)
  const said = Object.fromEntries(FULL.formatToParts(date).map((part) => [part.type, part.value]))
  const year = YEAR.format(date) === YEAR.format(new Date(beside)) ? '' : YEAR.format(date)
  return `${year}${said.month}月${said.day}日 ${said.hour}:${said.minute}`
}
/** 2026年11月28日周六. */
export const day = (at: string | number | null | undefined): string => (at ? DAY.format(new Date(at)) : '')
/** 0.873 → 87.3%. */
export const percent = (share: number | null | undefined, digits = 1): string =>
  share === null || share === undefined ? '—' : `${(share * 100).toFixed(digits)}%`

/** A length of time in its two largest units, as [days, hours, minutes]. */
export function parts(milliseconds: number): [number, number, number] {
  const minutes = Math.floor(Math.abs(milliseconds) / 60_000)
  return [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60]
}
