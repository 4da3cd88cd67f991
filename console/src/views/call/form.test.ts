import { describe, expect, it } from 'vitest'
import type { Schemas } from '@/api/client'
import { append, bodyOf, confirm, confirmAll, hasContent, hear, newForm, own, take, unheard } from './form'

const read = (more: Partial<Schemas['Understood']> = {}): Schemas['Understood'] => ({
  categories: [{ code: '0101', name: '路灯', p: 0.9 }], detail: null, kind: 'complaint', kind_p: 0.9, urgency: 3,
  place: { span: '翠湖路', name: '翠湖路', lat: 30.1, lon: 120.2 }, subject: null, accused: null, misconduct: null, time: null,
  occurred_at: null, interval: null, amounts: [], people: null, plates: 0, flags: [], suspected: [], doubted: [], scope: [],
  brief: '路灯不亮', masked_text: '', model_version: 'm', lead: null, assisting: [], copied: [], because: '', duty: null,
  jurisdiction: null, handoff: [], auto: false, desk_reasons: [], incident: null, ...more,
})

describe('what is understood', () => {
  it('is suggested until it is confirmed', () => {
    const form = newForm()
    take(form, read())
    expect([form.category, form.kind.mark, form.accused.mark]).toEqual([{ value: '0101', mark: 'suggested' }, 'suggested', 'empty'])
    expect(confirm(form, 'category')).toBe(true)
    expect(form.category.mark).toBe('own')
    expect(confirm(form, 'accused')).toBe(false)
  })
  it('never writes over what the agent has touched', () => {
    const form = newForm()
    take(form, read())
    own(form, 'category', '0202')
    own(form, 'accused', '')
    take(form, read({ categories: [{ code: '0303', name: '噪声', p: 0.8 }], kind: 'inquiry', accused: '某公司' }))
    expect([form.category.value, form.accused.value, form.kind.value]).toEqual(['0202', '', 'inquiry'])
  })
  it('takes back a suggestion that no longer holds', () => {
    const form = newForm()
    take(form, read())
    take(form, read({ place: null }))
    expect(form.place).toEqual({ value: null, mark: 'empty' })
  })
})

describe('what is heard', () => {
  it('fills the text until the agent writes, and is offered after that', () => {
    const form = newForm()
    hear(form, '您好，\n路灯坏了。\n')
    expect(form.text).toEqual({ value: '您好，路灯坏了。', mark: 'suggested' })
    own(form, 'text', '路灯坏了。')
    const longer = '您好，\n路灯坏了。\n三天了。\n'
    hear(form, longer)
    expect([form.text.value, unheard(form, longer)]).toEqual(['路灯坏了。', '三天了。'])
    append(form, longer)
    expect([form.text.value, unheard(form, longer)]).toEqual(['路灯坏了。三天了。', ''])
  })
})

describe('the registration', () => {
  it('sends what a person confirmed, and leaves the rest to the hub', () => {
    const form = newForm()
    hear(form, '翠湖路路灯坏了')
    take(form, read())
    const of = { interaction: 7, line: '12345', channel: 'phone' as const, knowsPhone: true }
    expect(bodyOf(form, of)).toEqual({
      text: '翠湖路路灯坏了', want_reply: true, caller: { identity: 'named', disclosure: 'open' }, line: '12345', channel: 'phone', interaction: 7,
    })
    confirmAll(form)
    expect(bodyOf(form, of)).toMatchObject({ category: '0101', kind: 'complaint', urgency: 3, address: '翠湖路', location: { lat: 30.1, lon: 120.2 } })
  })
  it('names nobody where nobody is known, and keeps who wants that confidential', () => {
    const form = newForm()
    expect(bodyOf(form, {}).caller).toBeNull()
    form.phone = '13800000000'
    form.anonymous = true
    expect(bodyOf(form, {}).caller).toEqual({ phone: '13800000000', identity: 'anonymous', disclosure: 'confidential' })
  })
  it('tells whether there is anything to lose', () => {
    const form = newForm()
    expect(hasContent(form)).toBe(false)
    own(form, 'kind', 'praise')
    expect(hasContent(form)).toBe(true)
  })
})
