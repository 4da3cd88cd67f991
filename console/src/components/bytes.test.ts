import { describe, expect, it } from 'vitest'
import { bytes } from './bytes'

describe('the size of a file', () => {
  it('tells sizes as people read them', () => {
    expect(bytes(null)).toBe('—')
    expect(bytes(10)).toBe('1 KB')
    expect(bytes(51_200)).toBe('50 KB')
    expect(bytes(3_355_443)).toBe('3.2 MB')
  })
})
