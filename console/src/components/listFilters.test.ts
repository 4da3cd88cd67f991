import { describe, expect, it } from 'vitest'
import { asQuery, betweenDays, countOf, daysOf, filtersIn, inAddress, type Filters } from './listFilters'

const WANTED: Filters = { state: ['assigned', 'in_review'], q: '路灯', urgency: 1, overdue: true, sort: 'newest', since: '2026-11-01T00:00:00+08:00', until: '2026-11-29T00:00:00+08:00' }

describe('what a list is asked for', () => {
  it('comes back from its address as it was', () => {
    const kept = Object.fromEntries(Object.entries(inAddress(WANTED)).filter(([, value]) => value !== undefined))
    expect(filtersIn(kept as never)).toEqual(WANTED)
  })
  it('leaves nothing of what was there in the address', () => {
    expect(inAddress({ q: '' })).toHaveProperty('q', undefined)
    expect(inAddress({})).toHaveProperty('state', undefined)
  })
  it('says several states with commas, as the hub reads them', () => {
    expect(asQuery(WANTED)).toMatchObject({ state: ['assigned,in_review'], overdue: 'true', urgency: 1 })
    expect(asQuery({ overdue: false })).toEqual({})
  })
  it('counts neither the order nor what the list is about, and a span of days once', () => {
    expect(countOf(WANTED)).toBe(5)
    expect(countOf(WANTED, { state: ['assigned'] })).toBe(4)
    expect(countOf({ overdue: false, q: '' })).toBe(0)
  })
  it('means both days of a span, in Beijing time', () => {
    expect(betweenDays(['2026-11-01', '2026-11-28'])).toEqual({ since: WANTED.since, until: WANTED.until })
    expect(daysOf(WANTED)).toEqual(['2026-11-01', '2026-11-28'])
    expect(daysOf({})).toBeNull()
  })
})
