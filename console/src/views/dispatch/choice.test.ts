import { describe, expect, it } from 'vitest'
import { begun, fieldsOf, isAsProposed, proposed, sendingStep, type Proposal } from './choice'

const ticket = { category: { code: '0203', detail: null }, kind: 'complaint', urgency: 3, brief: '路灯不亮' }
const named = (code: string): { code: string; name: string } => ({ code, name: code })
const proposal = (more: Partial<Proposal> = {}): Proposal => ({ lead: named('urban'), assisting: [named('power')], copied: [], because: '', doubts: [], recused: [], sent_back_by: [], ruled: null, dispatch_count: 0, must_designate: false, ...more })

describe('what is sent of a choice', () => {
  it('is nothing where the proposal is taken as it is: the hub takes its own', () => {
    expect(fieldsOf(begun(ticket, proposal()), ticket, proposal(), 'dispatch')).toEqual({})
  })
  it('is the lead with those who assist where somebody else is chosen', () => {
    const choice = { ...begun(ticket, proposal()), lead: 'water', reason: ' 供水设施 ' }
    expect(fieldsOf(choice, ticket, proposal(), 'dispatch')).toEqual({ lead: 'water', assisting: ['power'], reason: '供水设施' })
  })
  it('names the lead of a designation even where the catalogue agrees', () => {
    expect(fieldsOf({ ...begun(ticket, proposal()), reason: '指定' }, ticket, proposal(), 'designate')).toEqual({ lead: 'urban', assisting: ['power'], reason: '指定' })
  })
  it('holds only the corrections that were made', () => {
    const choice = { ...begun(ticket, proposal()), category: '0204', urgency: 2, brief: '路灯不亮 ' }
    expect(fieldsOf(choice, ticket, proposal(), 'dispatch')).toEqual({ category: '0204', urgency: 2 })
  })
})

describe('who is proposed', () => {
  it('is whom a ruling names before whom the catalogue names', () => {
    expect(proposed(proposal({ ruled: named('donghu') })).lead).toBe('donghu')
  })
  it('is nobody whose send-back was upheld or who stands aside', () => {
    expect(proposed(proposal({ sent_back_by: [named('urban')] })).lead).toBe('')
    expect(proposed(proposal({ recused: [named('urban')] })).lead).toBe('')
  })
  it('is nobody where the catalogue names none', () => {
    expect(proposed(proposal({ lead: null }))).toEqual({ lead: '', assisting: ['power'] })
    expect(isAsProposed(begun(ticket, proposal({ lead: null })), proposal({ lead: null }))).toBe(false)
  })
})

describe('the step by which a ticket is sent', () => {
  it('is a first dispatch before a designation before a reassignment', () => {
    expect(sendingStep(['note', 'reassign', 'dispatch', 'designate'])).toBe('dispatch')
    expect(sendingStep(['note', 'reassign', 'designate'])).toBe('designate')
    expect(sendingStep(['note'])).toBe(null)
  })
})
