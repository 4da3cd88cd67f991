import { describe, expect, it } from 'vitest'
import { grouped, partsToChoose, type Part, type Ticket } from './story'

const part = (assignment: number, more: Partial<Part> = {}): Part => ({ assignment, ended_at: null, is_own: false, decide_by: null, ...more }) as Part
const ticket = (...assignments: Part[]): Ticket => ({ assignments }) as unknown as Ticket
const chosen = (one: Ticket, action: string): number[] => partsToChoose(one, action).map((found) => found.assignment)

describe('which part a step is about', () => {
  it('is one of those that are still owed', () => {
    expect(chosen(ticket(part(1, { ended_at: '2026-11-28T00:00:00Z' }), part(2)), 'remind')).toEqual([2])
  })
  it('is one’s own where one has any', () => {
    expect(chosen(ticket(part(1), part(2, { is_own: true })), 'reply')).toEqual([2])
  })
  it('is the one that asks where something is decided', () => {
    expect(chosen(ticket(part(1), part(2, { decide_by: '2026-11-28T00:00:00Z' })), 'decide_send_back')).toEqual([2])
    expect(chosen(ticket(part(1), part(2)), 'decide_extension')).toEqual([1, 2])
  })
})

describe('the steps of a ticket', () => {
  it('puts what waits for a word first and loses none', () => {
    const { main, more, next } = grouped(['note', 'remind', 'hand_off', 'split', 'recall', 'decide_send_back'], 2)
    expect(main).toEqual(['decide_send_back', 'remind'])
    expect(next).toBe('decide_send_back')
    expect(grouped(['note', 'merge']).next).toBe(null)
    expect([...main, ...more].sort()).toEqual(['decide_send_back', 'hand_off', 'note', 'recall', 'remind', 'split'])
  })
})
