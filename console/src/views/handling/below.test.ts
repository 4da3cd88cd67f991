import { describe, expect, it } from 'vitest'
import { below } from './below'

const unit = (code: string, parent: string | null) => ({ code, name: code, parent })

describe('who stands below a unit', () => {
  it('finds every depth and nobody else', () => {
    const units = [unit('city', null), unit('donghu', 'city'), unit('street', 'donghu'), unit('xihu', 'city')]
    expect(below(units, 'donghu').map((one) => one.code)).toEqual(['street'])
    expect(below(units, 'city')).toHaveLength(3)
  })
  it('ends where the tree is a ring', () => {
    expect(below([unit('a', 'b'), unit('b', 'a')], 'c')).toEqual([])
  })
})
