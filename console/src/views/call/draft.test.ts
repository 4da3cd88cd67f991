import { beforeEach, describe, expect, it } from 'vitest'
import { aside, bring, forget, keep, kept, keyFor, newDraft, opened, putAside, told } from './draft'
import { own } from './form'

beforeEach(() => { localStorage.clear() })

describe('a draft in this browser', () => {
  it('comes back as it was written, for its own agent alone', () => {
    const draft = newDraft(7)
    own(draft.form, 'text', '路灯坏了')
    keep('ann', draft)
    expect(kept('ann')).toEqual(draft)
    expect(kept('ben')).toBeNull()
    forget('ann')
    expect(kept('ann')).toBeNull()
  })
  it('is whole whatever was kept', () => {
    localStorage.setItem('hotline.call.ann', JSON.stringify({ id: 'a'.repeat(32), interaction: null, form: { name: '王某', text: 3 } }))
    expect([kept('ann')?.form.name, kept('ann')?.form.text.value]).toEqual(['王某', ''])
    localStorage.setItem('hotline.call.ann', '{')
    expect(kept('ann')).toBeNull()
  })
})

it('is put aside while the line is broken, and brought when it is back', async () => {
  const [one, other] = [newDraft(1), newDraft(2)]
  putAside('ann', one)
  putAside('ann', other)
  const told: string[] = []
  await expect(bring('ann', (draft) => (told.length ? Promise.reject(new Error('broken')) : Promise.resolve(told.push(draft.id))))).rejects.toThrow()
  expect([told, aside('ann').map((draft) => draft.id)]).toEqual([[one.id], [other.id]])
})

describe('a draft at the hub', () => {
  it('is opened with its text, whoever wrote it', () => {
    const page = { id: 'b'.repeat(32), agent: null, seat_group: 'general', interaction: 3, fields: { text: '来电断线' } as never, written_at: '' }
    expect([opened(page).form.text.value, opened(page).interaction, told(page)]).toEqual(['来电断线', 3, '来电断线'])
  })
})

it('is registered once however often the same is sent', () => {
  const draft = newDraft()
  const first = keyFor(draft, 'a')
  expect(keyFor(draft, 'a')).toBe(first)
  expect(keyFor(draft, 'b')).not.toBe(first)
})
