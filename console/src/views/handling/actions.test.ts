import { describe, expect, it } from 'vitest'
import { offered, primary } from './actions'

describe('the steps of a part', () => {
  it('keeps only what the hub allows, the way of the work in front', () => {
    expect(offered(['note', 'reply', 'contact', 'send_back'])).toEqual({ main: ['contact', 'reply'], more: ['note', 'send_back'] })
  })
  it('makes the owed step stand out where it is allowed', () => {
    expect(primary(['contact', 'progress', 'reply'], 'reply')).toBe('reply')
    expect(primary(['progress', 'reply'], 'contact')).toBe('reply')
    expect(primary(['note'], 'others')).toBeUndefined()
  })
})
