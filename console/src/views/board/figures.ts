/** What the board reckons of the hub's figures before it draws them. */
import type { EChartsCoreOption } from 'echarts/core'
import type { Schemas } from '@/api/client'
import type { Loaded } from '@/api/load'

export interface Lights {
  red: number
  amber: number
  green: number
}

/** 红黄绿灯: overdue now, due within a day, and the rest; a part may be both, and is then red. */
export function lights(open: number, late: number, soon: number): Lights {
  const red = Math.min(late, open)
  const amber = Math.min(soon, open - red)
  return { red, amber, green: open - red - amber }
}

/** Return widths in per cent of `of`, so that bars of several lines can be compared. */
export function widths(of: Lights, most: number): { red: string; amber: string; green: string } {
  const share = (n: number): string => `${most > 0 ? Math.round((n / most) * 1000) / 10 : 0}%`
  return { red: share(of.red), amber: share(of.amber), green: share(of.green) }
}

/** Departments by what weighs: overdue first, then what is due soon, then what is open. */
export function heaviest<T extends { backlog_net: number; due_within_a_day: number; open: number }>(lines: T[]): T[] {
  return [...lines].sort((one, other) => other.backlog_net - one.backlog_net || other.due_within_a_day - one.due_within_a_day || other.open - one.open)
}

/** The hub's words where a forecast was not made yet: no fault, there is only nothing to show so far. */
export const notYet = (loaded: Pick<Loaded<unknown>, 'problem'>): string | undefined =>
  loaded.problem.value?.status === 404 ? loaded.problem.value.detail : undefined

const round = (n: number): number => Math.round(n * 10) / 10
const DAY = new Intl.DateTimeFormat('zh-CN', { timeZone: 'UTC', month: 'numeric', day: 'numeric', weekday: 'short' })
export const dayName = (day: string): string => DAY.format(new Date(`${day}T00:00:00Z`))

/** The seven days ahead: a line of what is expected within the band of four times of five. */
export function weekOption(days: Schemas['DayAhead'][], said: { expected: string; band: string }): EChartsCoreOption {
  const spans = days.map((one) => one.requests)
  return {
    grid: { left: 44, right: 16, top: 34, bottom: 28 },
    legend: { top: 0, right: 0, data: [said.expected, said.band] },
    tooltip: { trigger: 'axis', renderMode: 'richText', formatter: (at: { dataIndex: number }[]) => dayWords(days[at[0]?.dataIndex ?? 0], said) },
    xAxis: { type: 'category', data: days.map((one) => dayName(one.day)), boundaryGap: false },
    yAxis: { type: 'value', min: 0, minInterval: 1 },
    series: [
      { name: 'low', type: 'line', stack: 'band', symbol: 'none', silent: true, lineStyle: { opacity: 0 }, data: spans.map((one) => round(one.low)) },
      { name: said.band, type: 'line', stack: 'band', symbol: 'none', silent: true, lineStyle: { opacity: 0 }, itemStyle: { color: '#5b8bbc' }, areaStyle: { color: '#5b8bbc', opacity: 0.28 }, data: spans.map((one) => round(one.high - one.low)) },
      { name: said.expected, type: 'line', symbolSize: 7, lineStyle: { width: 2.5 }, itemStyle: { color: '#2d7dc4' }, label: { show: true, formatter: ({ value }: { value: number }) => String(Math.round(value)) }, data: spans.map((one) => round(one.expected)) },
    ],
  }
}

const dayWords = (one: Schemas['DayAhead'] | undefined, said: { expected: string; band: string }): string =>
  one ? `${dayName(one.day)}\n${said.expected} ${round(one.requests.expected)}\n${said.band} ${round(one.requests.low)}–${round(one.requests.high)}` : ''

/** The same in words, for who does not see the chart. */
export const weekWords = (days: Schemas['DayAhead'][]): string =>
  days.map((one) => `${dayName(one.day)} ${Math.round(one.requests.expected)}（${Math.round(one.requests.low)}–${Math.round(one.requests.high)}）`).join('，')

/** 0.873 → 87%, of a chance; a dash where none can be told. */
export const chanceOf = (chance: number | null): string => (chance === null ? '—' : `${Math.round(chance * 100)}%`)
