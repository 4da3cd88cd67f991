import { describe, expect, it } from 'vitest'
import { renewAfter } from './hold'

const now = Date.parse('2026-11-28T08:00:00Z')
const inSeconds = (seconds: number): string => new Date(now + seconds * 1000).toISOString()

describe('when a hold is renewed', () => {
  it('is at a third of what is left', () => {
    expect(renewAfter(inSeconds(90), now, 1)).toBe(30_000)
  })
  it('is counted on the wall clock, however fast the hub’s runs', () => {
    expect(renewAfter(inSeconds(90 * 60), now, 60)).toBe(30_000)
  })
  it('is soon where it has nearly lapsed, but not at once', () => {
    expect(renewAfter(inSeconds(-5), now, 1)).toBe(3_000)
  })
})
