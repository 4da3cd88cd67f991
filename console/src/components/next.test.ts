import { describe, expect, it } from 'vitest'
import { nextAfter, stepped } from './next'

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

describe('a step in a list', () => {
  it('leads to the neighbour and never out of the list', () => {
    expect(stepped(1, 1, 1, 3)).toBe(2)
    expect(stepped(2, 2, 1, 3)).toBe(2)
    expect(stepped(0, 0, -1, 3)).toBe(0)
  })
  it('begins at the top where nothing was in hand', () => {
    expect(stepped(-1, 0, 1, 3)).toBe(0)
    expect(stepped(-1, 0, -1, 3)).toBe(0)
  })
  it('goes on from the gap where the one in hand has left the list', () => {
    expect(stepped(-1, 5, 1, 9)).toBe(5)
    expect(stepped(-1, 5, -1, 9)).toBe(4)
    expect(stepped(-1, 9, 1, 9)).toBe(8)
  })
})
