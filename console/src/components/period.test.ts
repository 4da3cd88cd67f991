import { describe, expect, it } from 'vitest'
import { periodOf } from './period'

describe('spans of days', () => {
  const now = Date.parse('2026-11-28T17:00:00Z')
  it('end with the day that it is in Beijing', () => {
    expect(periodOf('week', now)).toEqual(['2026-11-23', '2026-11-29'])
    expect(periodOf('thirty', now)).toEqual(['2026-10-31', '2026-11-29'])
  })
  it('begin with the month, the quarter, the year', () => {
    expect(periodOf('month', now)[0]).toBe('2026-11-01')
    expect(periodOf('quarter', now)[0]).toBe('2026-10-01')
    expect(periodOf('year', now)[0]).toBe('2026-01-01')
  })
})
