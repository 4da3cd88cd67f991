import { describe, expect, it } from 'vitest'
import { byMoment, callOf, type Ask } from './asks'

const NOW = Date.parse('2026-11-28T12:30:00+08:00')
const ask = (ticket: string, call_from: string | null): Ask => ({ ticket, call_from }) as Ask

describe('the call list', () => {
  it('tells whom the hub lets be called now', () => {
    expect(callOf(ask('1', '2026-11-28T12:00:00+08:00'), NOW).when).toBe('now')
    expect(callOf(ask('2', '2026-11-28T14:00:00+08:00'), NOW).when).toBe('later')
    expect(callOf(ask('3', null), NOW).when).toBe('over')
  })
  it('puts who may be called now in front, the longest waiting first, then by when', () => {
    const asks = [ask('over', null), ask('evening', '2026-11-28T18:30:00+08:00'), ask('first', '2026-11-28T09:00:00+08:00'), ask('second', '2026-11-28T12:30:00+08:00'), ask('noon', '2026-11-28T14:00:00+08:00')]
    expect(byMoment(asks, NOW).map((one) => one.ticket)).toEqual(['first', 'second', 'noon', 'evening', 'over'])
  })
})
