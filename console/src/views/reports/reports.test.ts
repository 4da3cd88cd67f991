import { describe, expect, it } from 'vitest'
import { gap, quarter } from './reports'

describe('reports and books', () => {
  it('says how far the parts are from the whole', () => {
    expect(gap({ whole: 5, parts: [{ count: 2 }, { count: 3 }] })).toBe(0)
    expect(gap({ whole: 5, parts: [{ count: 2 }] })).toBe(3)
  })
  it('counts quarters back over the end of a year, by Beijing time', () => {
    expect(quarter(Date.parse('2026-12-31T15:59:00Z'))).toBe('2026Q4')
    expect(quarter(Date.parse('2026-12-31T16:01:00Z'))).toBe('2027Q1')
    expect(quarter(Date.parse('2027-01-10T00:00:00Z'), 1)).toBe('2026Q4')
  })
})
