import { describe, expect, it } from 'vitest'
import { differences, type Duty } from './catalogue'

const named = (code: string): { code: string; name: string } => ({ code, name: code })
const duty = (category: string, place: string | null, lead: string, more: Partial<Duty> = {}): Duty => ({
  id: 'D1', version: '1', category: named(category), place: place ? named(place) : null, lead: named(lead), assisting: [], copy: [],
  is_by_place: false, grassroots: false, effective_from: '2026-01-01', effective_to: null, basis: '', ruling: null, ...more,
})

describe('what differs between two catalogues', () => {
  it('tells another lead, a new row and one that went, by category and place', () => {
    const found = differences(
      [duty('0101', null, 'urban'), duty('0101', 'gaoxin', 'urban'), duty('0102', null, 'water')],
      [duty('0101', null, 'urban'), duty('0101', 'gaoxin', 'gaoxin'), duty('0103', null, 'gas')],
    )
    expect(found.map((one) => [one.sort, one.before?.lead.code, one.after?.lead.code])).toEqual([
      ['changed', 'urban', 'gaoxin'],
      ['removed', 'water', undefined],
      ['added', undefined, 'gas'],
    ])
    expect(found[0]?.fields).toEqual(['lead'])
  })
  it('takes another id, basis or order of the assisting units for no difference', () => {
    const before = duty('0101', null, 'urban', { assisting: [named('a'), named('b')] })
    const after = duty('0101', null, 'urban', { id: 'D2', version: '2', basis: '新依据', assisting: [named('b'), named('a')] })
    expect(differences([before], [after])).toEqual([])
  })
})
