import { describe, expect, it } from 'vitest'
import { usePaged } from './paged'

const pages: Record<string, { rows: number[]; cursor: string | null }> = {
  first: { rows: [1, 2], cursor: 'second' },
  second: { rows: [3], cursor: null },
}

describe('a list in pages', () => {
  it('goes on where the page before ended, and stops at the last', async () => {
    const asked: string[] = []
    const list = usePaged(async (cursor = 'first') => { asked.push(cursor); return pages[cursor] ?? { rows: [], cursor: null } })
    await list.reload()
    await list.more()
    await list.more()
    expect(list.rows.value).toEqual([1, 2, 3])
    expect(asked).toEqual(['first', 'second'])
    expect(list.hasMore.value).toBe(false)
  })
  it('keeps what is shown when asking again fails, and says what went wrong', async () => {
    let fails = false
    const list = usePaged(async () => { if (fails) throw new Error('broken'); return { rows: [7], cursor: null } })
    await list.reload()
    fails = true
    await list.reload()
    expect(list.rows.value).toEqual([7])
    expect(list.problem.value?.detail).toBeTruthy()
  })
  it('throws away an answer that another has overtaken', async () => {
    const waiting: ((rows: number[]) => void)[] = []
    const list = usePaged<number>(() => new Promise((resolve) => { waiting.push((rows) => { resolve({ rows, cursor: null }) }) }))
    const [slow, fast] = [list.reload(), list.reload()]
    waiting[1]?.([2])
    waiting[0]?.([1])
    await Promise.all([slow, fast])
    expect(list.rows.value).toEqual([2])
  })
  it('puts a changed row in its place', async () => {
    const list = usePaged(async () => ({ rows: [{ id: 1, on: false }, { id: 2, on: false }], cursor: null }))
    await list.reload()
    list.put({ id: 2, on: true }, (other) => other.id === 2)
    expect(list.rows.value.map((one) => one.on)).toEqual([false, true])
  })
})
