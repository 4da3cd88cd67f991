import { expect, it } from 'vitest'
import { byDimension, judged, shownValue } from './indicators'

it('shows a share in per cent, working days as a number, and nothing as a dash', () => {
  expect([shownValue('share', 0.953), shownValue('working_days', 1.44), shownValue(undefined, null)]).toEqual(['95.3%', '1.4', '—'])
})

it('colours by the judgement of the hub and by nothing of its own', () => {
  expect([judged({ is_met: true }), judged({ is_met: false }), judged({ is_met: null }), judged(undefined)]).toEqual(['calm', 'late', '', ''])
})

it('puts the indicators of a dimension together, those with a target first', () => {
  const definitions = {
    dimensions: [{ code: 'access', name: '接入服务' }, { code: 'quality', name: '办理质量' }],
    indicators: [
      { code: 'a', name: '甲', dimension: 'access', numerator: 'n', denominator: 'd' },
      { code: 'b', name: '乙', dimension: 'access', numerator: 'n', denominator: 'd', target: 0.9 },
    ],
  }
  const found = byDimension(definitions as never, [{ code: 'a' } as never])
  expect(found.map((one) => one.figures.map((each) => each.indicator.code))).toEqual([['b', 'a'], []])
  expect(found[0]?.figures[1]?.figure?.code).toBe('a')
})
