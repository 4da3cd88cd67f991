import { beforeEach, describe, expect, it } from 'vitest'
import { drop, dropAll, keep, read } from './stepDraft'

const ONE = { number: '20261100000011', action: 'send_back', assignment: 1 }
const OTHER = { ...ONE, assignment: 2 }

describe('what was typed into a form', () => {
  beforeEach(() => { sessionStorage.clear() })
  it('is there again, for this step of this part alone', () => {
    keep(ONE, { reason: '不归我单位' })
    expect(read(ONE)).toEqual({ reason: '不归我单位' })
    expect(read(OTHER)).toEqual({})
  })
  it('is gone once the form is closed', () => {
    keep(ONE, { reason: 'x' })
    drop(ONE)
    expect(read(ONE)).toEqual({})
  })
  it('is gone with whoever typed it, and nothing else is', () => {
    keep(ONE, { reason: 'x' })
    sessionStorage.setItem('other', '1')
    dropAll()
    expect(read(ONE)).toEqual({})
    expect(sessionStorage.getItem('other')).toBe('1')
  })
})
