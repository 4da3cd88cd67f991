import { describe, expect, it } from 'vitest'
import { createApp } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { asQuery, betweenDays, countOf, daysOf, filtersIn, inAddress, useListFilters, type Filters } from './listFilters'

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

describe('a list that offers little', () => {
  it('asks for what it offers alone, in the list and in its file, and counts no more', async () => {
    const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', name: 'here', component: {} }] })
    await router.push('/?q=路灯&department=D1&kind=complaint&sort=newest')
    const app = createApp({}).use(router)
    const own = (offers?: (keyof Filters)[]): Filters => app.runWithContext(() => useListFilters({}, {}, offers)).filters.value
    expect(own(['kind', 'urgency'])).toEqual({ kind: 'complaint' })
    expect(countOf(own(['kind', 'urgency']))).toBe(1)
    expect(countOf(own())).toBe(3)
  })
})
