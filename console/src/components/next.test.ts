import { describe, expect, it } from 'vitest'
import { nextAfter } from './next'

describe('what comes by itself', () => {
  it('is the one below, the one above at the end, and nothing when all is done', () => {
    expect(nextAfter([1, 2, 3], (one) => one === 2)).toBe(3)
    expect(nextAfter([1, 2], (one) => one === 2)).toBe(1)
    expect(nextAfter([1], (one) => one === 1)).toBeUndefined()
  })
  it('is the first where the done one has gone from the list already', () => {
    expect(nextAfter([4, 5], (one) => one === 9)).toBe(4)
  })
})
