import { describe, expect, it } from 'vitest'
import { commands, figureNames, tables, type Entry } from './modelCard'

const entry: Entry = { version: 'v2', made_at: '', program: '', fingerprint: '', rows: { corpus: 8000 }, cross_validated: { category: 0.8, kind: null }, held_out: { 'letters.csv': { category: 0.7, rows: 300 } }, history: { lead: 0.9 }, goes_by_itself: 0.3 }

describe('a model’s card', () => {
  it('has a row for each set it was measured on', () => {
    expect(tables(entry).map((row) => row.name)).toEqual(['cross_validated', 'letters.csv', 'history'])
    expect(tables({ ...entry, history: null })).toHaveLength(2)
  })
  it('shows shares and no counts', () => {
    expect(figureNames(entry)).toEqual(['category', 'kind', 'lead'])
  })
  it('names the candidate in the commands, or says where it belongs', () => {
    expect(commands('v2', 'li').find((one) => one.name === 'promote')?.line).toBe('hotline nlu promote v2 --by li')
    expect(commands('', 'li').find((one) => one.name === 'shadow')?.line).toContain('VERSION')
  })
})
