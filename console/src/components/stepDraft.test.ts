import { beforeEach, describe, expect, it } from 'vitest'
import { drop, dropAll, keep, read } from './stepDraft'

const ONE = { number: '20261100000011', action: 'send_back', assignment: 1 }
const OTHER = { ...ONE, assignment: 2 }

describe('what was typed into a form', () => {
  beforeEach(() => { sessionStorage.clear() })
  it('is there again, for this step of this part alone', () => {
    keep('li.na', ONE, { reason: '不归我单位' })
    expect(read('li.na', ONE)).toEqual({ reason: '不归我单位' })
    expect(read('li.na', OTHER)).toEqual({})
  })
  it('is nobody else\'s, whoever signs in next in this tab', () => {
    keep('li.na', ONE, { reason: '诉求人住在三楼' })
    expect(read('wang.wei', ONE)).toEqual({})
    drop('wang.wei', ONE)
    expect(read('li.na', ONE)).toEqual({ reason: '诉求人住在三楼' })
  })
  it('is gone once the form is closed', () => {
    keep('li.na', ONE, { reason: 'x' })
    drop('li.na', ONE)
    expect(read('li.na', ONE)).toEqual({})
  })
  it('is gone with whoever typed it, and nothing else is', () => {
    keep('li.na', ONE, { reason: 'x' })
    sessionStorage.setItem('other', '1')
    dropAll()
    expect(read('li.na', ONE)).toEqual({})
    expect(sessionStorage.getItem('other')).toBe('1')
  })
})
