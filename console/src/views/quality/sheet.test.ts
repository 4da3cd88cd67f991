import { describe, expect, it } from 'vitest'
import { begun, lost, total, type Inspection, type Sheet } from './sheet'

const sheet: Sheet = { of: 'ticket', items: [{ code: 'contact', name: '联系', points: 40 }, { code: 'reply', name: '答复', points: 60 }], vetoes: [{ code: 'false', name: '弄虚作假', points: null }] }
const fresh = { points: {}, vetoes: [] } as unknown as Inspection

describe('a score sheet', () => {
  it('begins with full points, or with what was scored before', () => {
    expect(begun(sheet, fresh)).toEqual({ points: { contact: 40, reply: 60 }, vetoes: [] })
    expect(begun(sheet, { ...fresh, points: { contact: 10, reply: 20 }, vetoes: ['false'] })).toEqual({ points: { contact: 10, reply: 20 }, vetoes: ['false'] })
  })
  it('adds up its items, and a veto leaves nothing', () => {
    const scored = { points: { contact: 30, reply: 50 }, vetoes: [] }
    expect(total(sheet, scored)).toBe(80)
    expect(total(sheet, { ...scored, vetoes: ['false'] })).toBe(0)
  })
  it('says where points were lost', () => {
    expect(lost(sheet, { points: { contact: 40, reply: 45 }, vetoes: [] })).toEqual([['答复', 15]])
  })
})
