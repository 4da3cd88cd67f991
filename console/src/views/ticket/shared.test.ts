import { describe, expect, it } from 'vitest'
import { sharedRuns } from './shared'

const marked = (text: string, other: string): string => sharedRuns(text, other).map((run) => (run.isShared ? `[${run.text}]` : run.text)).join('')

describe('the words that two texts share', () => {
  it('are marked as long as they run', () => {
    expect(marked('小区路灯坏了没人修', '翠湖路的路灯坏了三天')).toBe('小区[路灯坏了]没人修')
  })
  it('are words: one character alone is none, and a mark parts them', () => {
    expect(marked('灯，坏', '灯，坏')).toBe('灯，坏')
    expect(marked('路灯，坏了', '路灯，坏了')).toBe('[路灯]，[坏了]')
  })
  it('leave a text whole that shares none', () => {
    expect(marked('咨询居住证', '路灯')).toBe('咨询居住证')
    expect(sharedRuns('', '路灯')).toEqual([])
  })
})
