import { describe, expect, it } from 'vitest'
import type { TrailEvent } from '../ticket/trail'
import { disputeOf, statementsOf } from './sides'

let seq = 0
const event = (type: string, fields: object): TrailEvent => ({ seq: (seq += 1), type, at: `2026-11-28T00:00:0${seq % 10}Z`, fields, words: {}, by: { role: 'department', name: 'x' }, hash: '' }) as unknown as TrailEvent
const trail = [
  event('send_back', { assignment: 1, reason: '非我职责', duty_argument: '三定', proposed_department: 'water' }),
  event('decide_send_back', { assignment: 1, upheld: true, reason: '属实' }),
  event('send_back', { assignment: 2, reason: '也非我职责', duty_argument: '条例', proposed_department: null }),
  event('open_dispute', { topic: '谁承办', participants: ['urban', 'water'] }),
]

describe('the sides of a send-back', () => {
  it('are told with what was decided, and what waits has no decision', () => {
    const [first, second] = statementsOf(trail)
    expect(first).toMatchObject({ assignment: 1, dutyArgument: '三定', proposed: 'water', decision: { upheld: true, reason: '属实' } })
    expect(second).toMatchObject({ assignment: 2, reason: '也非我职责', proposed: null, decision: null })
  })
})

describe('a dispute', () => {
  it('is the newest one, without a ruling until there is one', () => {
    expect(disputeOf(trail)).toMatchObject({ topic: '谁承办', participants: ['urban', 'water'], ruling: null })
    expect(disputeOf([...trail, event('rule', { lead: 'urban', ruling: '由其办理' })])?.ruling).toMatchObject({ lead: 'urban', text: '由其办理' })
    expect(disputeOf(trail.slice(0, 3))).toBe(null)
  })
})
