import { expect, it } from 'vitest'
import { mostPressing, opening, surely, waitsFor } from './desk'

const incident = (id: string, more: object) => ({ id, closed_at: null, is_report_late: false, report_by: null, opened_at: '2026-11-23T09:00:00+08:00', ...more })

it('puts a late report before the next one, and what is closed last', () => {
  const found = mostPressing([
    incident('closed', { closed_at: '2026-11-23T10:00:00+08:00', report_by: '2026-11-23T09:10:00+08:00' }),
    incident('next', { report_by: '2026-11-23T11:00:00+08:00' }),
    incident('late', { is_report_late: true, report_by: '2026-11-23T12:00:00+08:00' }),
    incident('told', {}),
  ] as never)
  expect(found.map((one) => one.id)).toEqual(['late', 'next', 'told', 'closed'])
})

it('counts down to the ringing first, then to the confirmation', () => {
  const one = { offer_by: 'A', confirm_by: 'B', offered_at: null }
  expect(waitsFor(one as never)).toEqual({ what: 'offer', by: 'A' })
  expect(waitsFor({ ...one, offered_at: 'now' } as never)).toEqual({ what: 'confirm', by: 'B' })
})

it('sends nothing of what was left empty', () => {
  expect(opening({ ticket: ' 20261100000001 ', title: '', answer: ' 正在抢修 ', expires_at: null })).toEqual({ ticket: '20261100000001', answer: '正在抢修' })
  expect(surely(0.874)).toBe('87%')
})
