import { describe, expect, it } from 'vitest'
import { isComplete } from './users'

describe('accounts', () => {
  it('are made with a name and a role', () => {
    expect(isComplete('create', { username: ' ', role: 'reviewer', department: '' })).toBe(false)
    expect(isComplete('create', { username: 'li', role: '', department: '' })).toBe(false)
    expect(isComplete('create', { username: 'li', role: 'reviewer', department: '' })).toBe(true)
  })
  it('need nothing to be disabled or reset, and a role for another role', () => {
    expect(isComplete('disable', { username: '', role: '', department: '' })).toBe(true)
    expect(isComplete('set_role', { username: 'li', role: '', department: '' })).toBe(false)
  })
})
