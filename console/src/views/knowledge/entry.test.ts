import { describe, expect, it } from 'vitest'
import { blank, formOf, isComplete, sent, type Entry } from './entry'

const guide: Entry = {
  code: 'G1', version: 2, kind: 'guide', title: '居住证办理', category: { code: '1501', name: '户籍' }, owner: { code: 'police', name: '市公安局' }, keywords: ['居住证', '暂住'],
  words: '……', guide: { who: ['在本市居住半年以上的人'], bring: ['身份证', '租房合同'], place: ['派出所'], hours: '工作日9至17时', days: 15, fee: '免费', online: '', steps: ['提交', '领取'] },
  basis: ['居住证暂行条例'], valid_from: '2026-01-01', valid_until: null, confirm_by: '2026-07-01',
}

describe('an entry in the form', () => {
  it('comes out of the form as it went in', () => {
    const said = sent(formOf(guide))
    expect(said).toMatchObject({ title: guide.title, category: '1501', owner: 'police', keywords: ['居住证', '暂住'], basis: ['居住证暂行条例'], guide: guide.guide })
    expect(said.body).toBeUndefined()
    expect(said.valid_until).toBeUndefined()
  })
  it('takes keywords by any comma, and lines without blanks', () => {
    const said = sent({ ...blank(), title: '路灯', body: ' 请报修 ', keywords: '路灯，照明、 灯杆', basis: '\n条例\n\n' })
    expect(said).toMatchObject({ keywords: ['路灯', '照明', '灯杆'], basis: ['条例'], body: '请报修' })
    expect(said.guide).toBeUndefined()
  })
  it('tells a ticket’s reply instead of a body', () => {
    const said = sent({ ...blank(), isFromTicket: true, from_ticket: ' 20261100000101 ', body: '不送' })
    expect(said.from_ticket).toBe('20261100000101')
    expect(said.body).toBeUndefined()
  })
  it('is complete only with all that its sort needs', () => {
    const common = { ...blank(), title: '路灯报修', category: '0101', owner: 'urban' }
    expect(isComplete(common)).toBe(false)
    expect(isComplete({ ...common, body: '请拨打' })).toBe(true)
    expect(isComplete({ ...common, isGuide: true, body: '请拨打' })).toBe(false)
    expect(isComplete({ ...formOf(guide) })).toBe(true)
    expect(isComplete({ ...common, isFromTicket: true, from_ticket: '20261100000101' })).toBe(true)
  })
})
