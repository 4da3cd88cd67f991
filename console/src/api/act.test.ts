import { describe, expect, it } from 'vitest'
import { useAct } from './act'
import { ProblemError } from './client'

const STALE = { status: 409, code: 'stale_version', detail: '工单已被他人更新' }

describe('what is done with one press', () => {
  it('is done once, however often one presses', async () => {
    const { act, busy } = useAct()
    let done = 0
    const first = act(() => Promise.resolve((done += 1)))
    expect(busy.value).toBe(true)
    expect(await act(() => Promise.resolve((done += 1)))).toBe(false)
    expect([await first, done, busy.value]).toEqual([true, 1, false])
  })
  it('tells what went wrong until it is tried again', async () => {
    const { act, problem } = useAct()
    expect(await act(() => Promise.reject(new ProblemError(STALE)))).toBe(false)
    expect(problem.value).toEqual(STALE)
    expect(await act(() => Promise.resolve())).toBe(true)
    expect(problem.value).toBeNull()
  })
})
