import { expect, it } from 'vitest'
import { byLevel, ofOverdue, ofRed, pressing, tabsOf } from './desk'

const ticket = { number: '20261100000001', category: { code: '1', name: '路灯' }, lead: { code: 'urban', name: '城管局' }, late_since: '2026-11-23T09:00:00+08:00', urgency: 3, supervision_level: 1, is_excused: true, excuses: ['deferral'], past: [] }

it('says of what is overdue why it is excused, and of what counts which date is past', () => {
  expect(ofOverdue(ticket as never).why).toEqual(['deferral'])
  expect(ofOverdue({ ...ticket, is_excused: false, past: ['reply'], lead: null } as never)).toMatchObject({ why: ['reply'], department: '' })
})

it('keeps two parts of one ticket apart', () => {
  const part = { number: '1', category: { name: 'x' }, department: { name: 'y' }, reply_by: '', urgency: 1, chance: 0.5 }
  expect(ofRed({ ...part, assignment: 1 } as never).key).not.toBe(ofRed({ ...part, assignment: 2 } as never).key)
})

it('offers to press as the ticket allows, and the tabs that one may read', () => {
  expect(pressing(['note', 'escalate', 'remind'])).toEqual(['remind', 'escalate'])
  expect(tabsOf((address) => address.includes('deferrals') || address.includes('exclusions'))).toEqual(['deferrals', 'exclusions'])
  expect(tabsOf(() => false)).toEqual(['press'])
})

it('adds letters up by level', () => {
  const line = { level: 2, issued: 3, open: 1, late: 1, met: 2, unmet: 0 }
  expect(byLevel([line, line] as never)[1]).toEqual({ level: 2, issued: 6, open: 2, late: 2, met: 4, unmet: 0 })
})
