import { describe, expect, it } from 'vitest'
import { grouped, replaced, totals, type CategoryLine } from './autoDispatch'

const line = (code: string, more: Partial<CategoryLine> = {}): CategoryLine => ({ code, name: code, is_on: true, bar: 0.9, tickets: 0, dispatched: 0, misdirected: 0, coverage: null, error: null, switched_at: null, switched_by: null, reason: null, ...more })

describe('automatic dispatch', () => {
  it('adds up shares over all categories, and tells none where nothing was counted', () => {
    const found = totals([line('0101', { tickets: 30, dispatched: 10, misdirected: 1 }), line('0102', { tickets: 10, dispatched: 10, is_on: false })])
    expect(found).toMatchObject({ all: 2, on: 1, tickets: 40, coverage: 0.5, error: 0.05 })
    expect(totals([line('0101')])).toMatchObject({ coverage: null, error: null })
  })
  it('keeps the figures of a category that was switched', () => {
    const [after] = replaced([line('0101', { tickets: 30 })], line('0101', { is_on: false, switched_by: 'li', reason: '核对' }))
    expect(after).toMatchObject({ is_on: false, tickets: 30, switched_by: 'li', reason: '核对' })
  })
  it('leaves no category out, also one of no group', () => {
    const found = grouped([line('0101'), line('9901')], [{ code: '01', name: '市容', children: [{ code: '0101' }] }, { code: '02', name: '空', children: [] }])
    expect(found.map((group) => group.lines.map((one) => one.code))).toEqual([['0101'], ['9901']])
  })
})
