import { describe, expect, it } from 'vitest'
import { isDispleased, isWhole, NOTHING_HEARD, saidOf } from './answer'

describe('what a caller said', () => {
  it('needs both answers of who was reached', () => {
    expect(isWhole(NOTHING_HEARD)).toBe(false)
    expect(isWhole({ ...NOTHING_HEARD, reached: true, solved: true })).toBe(false)
    expect(isWhole({ ...NOTHING_HEARD, reached: true, solved: true, satisfied: true })).toBe(true)
  })
  it('asks a displeased caller what is wrong', () => {
    const heard = { reached: true, solved: true, satisfied: false, reason: '' }
    expect(isDispleased(heard)).toBe(true)
    expect(isWhole(heard)).toBe(false)
    expect(isWhole({ ...heard, reason: '路面没有恢复' })).toBe(true)
  })
  it('sends no answers of who was not reached', () => {
    expect(saidOf({ reached: false, solved: true, satisfied: true, reason: ' 无人接听 ' })).toEqual({ reached: false, reason: '无人接听' })
  })
})
