import { describe, expect, it } from 'vitest'
import { eventName, toldBy, type Naming, type TrailEvent } from './trail'

const labels: Record<string, Record<string, string>> = { action: { send_back: '退单' }, event: { reclassified: '改正分类' }, step_field: { reason: '理由', duty_argument: '职责依据', proposed_department: '建议的承办单位', remark: '备注' }, event_field: { before: '改前', after: '改后', into: '去向工单' } }
const naming: Naming = { label: (sort, value) => labels[sort]?.[String(value)] ?? String(value), department: (code) => `${code}局`, category: (code) => `类${code}`, yes: '是', no: '否' }
const event = (type: string, fields: object, words: Record<string, string> = {}): TrailEvent => ({ type, fields, words, seq: 1, at: '2026-11-28T00:00:00Z', by: { role: 'department', name: 'x' }, hash: '' }) as unknown as TrailEvent

describe('what an event of the trail tells', () => {
  it('names departments and leaves out what is for programs', () => {
    const told = toldBy(event('send_back', { assignment: 1, reason: '非我单位职责', duty_argument: '三定', proposed_department: 'water', said_at: null }), naming)
    expect(told.map((one) => `${one.name}：${one.value}`)).toEqual(['建议的承办单位：water局', '理由：非我单位职责', '职责依据：三定'])
  })
  it('reads the words that people wrote once', () => {
    expect(toldBy(event('contact', { words: ['remark'] }, { remark: '已电话联系' }), naming)).toEqual([{ name: '备注', value: '已电话联系' }])
  })
  it('names the categories of a correction', () => {
    expect(toldBy(event('reclassified', { before: '0203', after: '0204' }), naming).map((one) => one.value)).toEqual(['类0203', '类0204'])
  })
  it('links another ticket', () => {
    expect(toldBy(event('merge', { into: '20261100002090' }), naming)).toEqual([{ name: '去向工单', value: '20261100002090', ticket: '20261100002090' }])
  })
  it('is called as the hub calls it', () => {
    expect([eventName('send_back', labels), eventName('reclassified', labels), eventName('new_one', labels)]).toEqual(['退单', '改正分类', 'new_one'])
  })
})
