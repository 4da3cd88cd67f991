import { describe, expect, it } from 'vitest'
import { blanksIn, fill, withTemplate, BLANK } from './replyTemplates'

describe('templates of replies', () => {
  it('puts in what is known and leaves a blank for what is not', () => {
    const text = fill('关于“[category]”，[date]到[place]核实。', { category: '路灯', date: '11月28日', place: null })
    expect(text).toBe(`关于“路灯”，11月28日到${BLANK}核实。`)
    expect(blanksIn(text)).toBe(1)
  })
  it('counts no blank in what is written out', () => {
    expect(blanksIn('已修复。')).toBe(0)
  })
  it('replaces a template of the same name and keeps the newest in front', () => {
    const own = withTemplate([{ name: '甲', text: '旧' }, { name: '乙', text: '二' }], { name: '甲', text: '新' })
    expect(own.map((one) => one.text)).toEqual(['新', '二'])
  })
})
