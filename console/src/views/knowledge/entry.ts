/** An entry as it is written in the form, and what of it is sent to the hub. */
import type { Schemas } from '@/api/client'

export type Entry = Schemas['EntryPage']
export type Version = Schemas['VersionLine']
export interface Fields {
  isGuide: boolean
  isFromTicket: boolean
  title: string
  category: string
  owner: string
  keywords: string
  body: string
  basis: string
  valid_from: string
  valid_until: string
  from_ticket: string
  who: string
  bring: string
  place: string
  hours: string
  days: number
  fee: string
  online: string
  steps: string
}
export interface Written {
  /** Of which entry it is a new version; null for a new entry. */
  code: string | null
  fields: Fields
}

export const blank = (): Fields => ({ isGuide: false, isFromTicket: false, title: '', category: '', owner: '', keywords: '', body: '', basis: '', valid_from: '', valid_until: '', from_ticket: '', who: '', bring: '', place: '', hours: '', days: 0, fee: '', online: '', steps: '' })

const lines = (all: string[] | undefined): string => (all ?? []).join('\n')
const read = (text: string, by: RegExp = /\n/): string[] => text.split(by).map((one) => one.trim()).filter(Boolean)
/** Keywords are written in one line, by commas or 、. */
const WORDS = /[\n,，、;；]/

/** Return the form of a new version of this entry. */
export function formOf(one: Entry): Fields {
  const guide = one.guide
  return {
    ...blank(),
    isGuide: guide !== null,
    title: one.title,
    category: one.category.code,
    owner: one.owner.code,
    keywords: one.keywords.join('、'),
    body: guide ? '' : one.words,
    basis: lines(one.basis),
    valid_until: one.valid_until ?? '',
    ...(guide ? { who: lines(guide.who), bring: lines(guide.bring), place: lines(guide.place), hours: guide.hours, days: guide.days, fee: guide.fee, online: guide.online, steps: lines(guide.steps) } : {}),
  }
}

/** Return what is sent. */
export function sent(form: Fields): Schemas['EntryFields'] {
  const content = form.isFromTicket ? { from_ticket: form.from_ticket.trim() } : form.isGuide
    ? { guide: { who: read(form.who), bring: read(form.bring), place: read(form.place), hours: form.hours.trim(), days: form.days, fee: form.fee.trim(), online: form.online.trim(), steps: read(form.steps) } }
    : { body: form.body.trim() }
  return {
    title: form.title.trim(),
    // Codes of the city, chosen from what it has at run time.
    category: form.category as Schemas['EntryFields']['category'],
    owner: form.owner as Schemas['EntryFields']['owner'],
    keywords: read(form.keywords, WORDS),
    basis: read(form.basis),
    ...(form.valid_from ? { valid_from: form.valid_from } : {}),
    ...(form.valid_until ? { valid_until: form.valid_until } : {}),
    ...content,
  }
}

/** Tell whether nothing is missing that the hub asks for. */
export function isComplete(form: Fields): boolean {
  if (!form.title.trim() || !form.category || !form.owner) return false
  if (form.isFromTicket) return Boolean(form.from_ticket.trim())
  return form.isGuide ? [form.who, form.place, form.hours, form.fee, form.steps].every((text) => text.trim()) : Boolean(form.body.trim())
}
