import { describe, expect, it } from 'vitest'
import { stretchOf } from './inView'

describe('the rows in view', () => {
  it('are those seen and some more on both sides', () => {
    expect(stretchOf(6200, 620, 62, 10_000, 8)).toEqual({ first: 92, last: 118 })
  })
  it('begin at the first and end with the last', () => {
    expect(stretchOf(0, 620, 62, 10_000, 8)).toEqual({ first: 0, last: 18 })
    expect(stretchOf(619_380, 620, 62, 10_000, 8)).toEqual({ first: 9982, last: 10_000 })
  })
  it('are none where there is none, and stay within a list that has become shorter', () => {
    expect(stretchOf(0, 620, 62, 0, 8)).toEqual({ first: 0, last: 0 })
    expect(stretchOf(6200, 620, 62, 3, 8)).toEqual({ first: 2, last: 3 })
  })
})
