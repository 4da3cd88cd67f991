import { describe, expect, it } from 'vitest'
import { byNumber, NUMBERS, secondsTo, share } from './handoff'

const AT = '2026-11-28T10:00:00+08:00'
const BY = '2026-11-28T10:01:00+08:00'

describe('the countdown of a handoff', () => {
  it('counts whole seconds down and on beyond the limit', () => {
    expect(secondsTo(BY, Date.parse(AT) + 500)).toBe(60)
    expect(secondsTo(BY, Date.parse(BY) + 3000)).toBe(-3)
  })
  it('fills from beginning to end', () => {
    expect([share(AT, BY, Date.parse(AT) - 5), share(AT, BY, Date.parse(AT) + 30_000), share(AT, BY, Date.parse(BY) + 9)]).toEqual([0, 0.5, 1])
  })
  it('goes to the numbers that the hub describes', () => {
    expect(NUMBERS).toContain('119')
  })
})

describe('what is proposed', () => {
  it('calls a number once, however many dangers call for it, and reads every script', () => {
    const proposed = byNumber([{ number: '119', script: '甲' }, { number: '120', script: '乙' }, { number: '119', script: '丙' }])
    expect(proposed).toEqual([{ number: '119', script: '甲\n\n丙' }, { number: '120', script: '乙' }])
  })
})
