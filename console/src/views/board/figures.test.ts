import { expect, it } from 'vitest'
import { chanceOf, dayName, heaviest, lights, notYet, weekOption, weekWords, widths } from './figures'

it('gives every open ticket one light', () => {
  expect(lights(10, 3, 4)).toEqual({ red: 3, amber: 4, green: 3 })
  expect(lights(5, 3, 4)).toEqual({ red: 3, amber: 2, green: 0 })
  expect(lights(0, 0, 0)).toEqual({ red: 0, amber: 0, green: 0 })
})

it('draws bars of several lines to one measure', () => {
  expect(widths({ red: 1, amber: 0, green: 3 }, 8)).toEqual({ red: '12.5%', amber: '0%', green: '37.5%' })
  expect(widths({ red: 0, amber: 0, green: 0 }, 0).green).toBe('0%')
})

it('puts who has most overdue first', () => {
  const line = (code: string, backlog_net: number, due_within_a_day: number, open: number) => ({ code, backlog_net, due_within_a_day, open })
  expect(heaviest([line('a', 0, 1, 90), line('b', 2, 0, 3), line('c', 0, 5, 6)]).map((one) => one.code)).toEqual(['b', 'c', 'a'])
})

it('takes a forecast that was not made yet for no fault', () => {
  const problem = (status: number) => ({ problem: { value: { status, code: 'x', detail: '尚无预测' } } })
  expect(notYet(problem(404) as never)).toBe('尚无预测')
  expect(notYet(problem(503) as never)).toBeUndefined()
})

const DAYS = [{ day: '2026-11-23', requests: { expected: 120.4, low: 100, high: 151 } }]

it('draws the band between the bounds and says the same in words', () => {
  const series = weekOption(DAYS, { expected: '预计', band: '区间' }).series as { data: number[] }[]
  expect(series.map((one) => one.data)).toEqual([[100], [51], [120.4]])
  expect(dayName('2026-11-23')).toContain('11/23')
  expect(weekWords(DAYS)).toContain('120（100–151）')
})

it('shows a chance in whole per cent', () => {
  expect([chanceOf(0.876), chanceOf(null)]).toEqual(['88%', '—'])
})
