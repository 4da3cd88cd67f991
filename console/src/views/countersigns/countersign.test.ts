import { expect, it } from 'vitest'
import { exactly, pressing, standingOf, type Countersign } from './countersign'

const AT = Date.parse('2026-03-02T10:00:00+08:00')
const one = { id: '1', asked_by: '甲', lapses_at: '2026-03-03T09:00:00+08:00', is_granted: null, decided_at: null, used_at: null } as Countersign
const late = Date.parse('2026-03-03T09:00:00+08:00')

it('waits until it lapses, is refused, or is signed and done', () => {
  expect(standingOf(one, AT)).toBe('waiting')
  expect(standingOf(one, late)).toBe('lapsed')
  expect(standingOf({ ...one, is_granted: false }, late)).toBe('refused')
  expect(standingOf({ ...one, is_granted: true }, AT)).toBe('granted')
  expect(standingOf({ ...one, is_granted: true }, late)).toBe('lapsed')
  expect(standingOf({ ...one, is_granted: true, used_at: 'then' }, late)).toBe('used')
})

it('presses everybody while it waits, and only whoever asked once it is signed', () => {
  const signed = { ...one, id: '2', is_granted: true }
  const ids = (me: string): string[] => pressing([one, signed, { ...one, id: '3', is_granted: false }], me, AT).map((found) => found.id)
  expect(ids('甲')).toEqual(['1', '2'])
  expect(ids('乙')).toEqual(['1'])
})

it('is told in words', () => {
  const names = { label: (sort: string, value: string) => `${sort}.${value}`, department: (code: string) => `D${code}`, category: (code: string) => `C${code}` }
  expect(exactly({ lead: 'a', assisting: ['b', 'c'], category: '01', kind: 'praise' }, names)).toEqual([
    ['step_field.lead', 'Da'], ['step_field.assisting', 'Db、Dc'], ['step_field.category', 'C01'], ['step_field.kind', 'kind.praise'],
  ])
  expect(exactly({}, names)).toEqual([])
})
