import { expect, it } from 'vitest'
import { dayOption, dayRun, fit, mapOption, passing, wideRegions } from './wall'

const hours = (came: number[], usual: number | null) => Array.from({ length: 24 }, (_, hour) => ({ hour, requests: came[hour] ?? null, usual }))

it('stands whole in the middle of any screen', () => {
  expect(fit(1920, 1080)).toEqual({ scale: 1, left: 0, top: 0 })
  expect(fit(3840, 2160).scale).toBe(2)
  expect(fit(1440, 900)).toMatchObject({ scale: 0.75, left: 0, top: 45 })
})

it('sums the day up to now, beside what was to be expected by each hour', () => {
  const run = dayRun({ at: '', requests: 5, forecast: { expected: 240, low: 120, high: 480 }, hours: hours([2, 3], 1 / 24) })
  expect(run.came).toEqual([0, 2, 5])
  expect([run.expected.length, run.expected[12], run.low[24], run.high[24]]).toEqual([25, 120, 120, 480])
})

it('draws the forecast of the whole day where no hour is known to be usual', () => {
  const today = { at: '', requests: 2, forecast: { expected: 240, low: 120, high: 480 }, hours: hours([2], null) }
  expect(dayRun(today).expected).toEqual([])
  const series = dayOption(today, { came: '来件', expected: '预测' }).series as { name: string; data: number[] }[]
  expect(series.find((one) => one.name === '预测')?.data[0]).toBe(240)
})

it('lets the newest points beat and leaves out what has no place', () => {
  const at = '2026-11-23T10:00:00+08:00'
  const one = { number: '1', category: { code: '', name: '' }, urgency: 1, kind: 'complaint', district: null, text: null }
  const ground = { at, districts: [], newest: [{ ...one, registered_at: '2026-11-23T09:55:00+08:00', lat: 30, lon: 114 }, { ...one, registered_at: '2026-11-23T09:05:00+08:00', lat: 30, lon: 114 }, { ...one, registered_at: at, lat: null, lon: null }] }
  const series = mapOption(ground as never, new Set()).series as { data: unknown[] }[]
  expect([series[1]?.data.length, series[2]?.data.length]).toEqual([1, 1])
})

it('lets rows pass by without an end', () => {
  expect(passing([1, 2, 3], 2, 2)).toEqual([3, 1])
  expect(passing([1], 5, 3)).toEqual([1])
})

it('names on the map only what is wide enough for its name', () => {
  const region = (name: string, from: number, to: number) => ({ properties: { name }, geometry: { coordinates: [[[[from, 1], [to, 2]]]] } })
  expect([...wideRegions({ features: [region('大县', 0, 6), region('小区', 6, 7), region('边县', 7, 10)] })]).toEqual(['大县', '边县'])
})
