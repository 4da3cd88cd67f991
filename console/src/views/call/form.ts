/**
 * What an agent fills in during a call. A reading of the caller's words suggests; what the agent has touched is the agent's
 * own, and no later reading writes over it.
 */
import type { Schemas } from '@/api/client'

export type Mark = 'empty' | 'suggested' | 'own'
export interface Entry<T> { value: T; mark: Mark }
export interface PlaceChosen { name: string; lat?: number; lon?: number; district?: string | null; street?: string | null }
export type Kind = Schemas['Kind']
export type Register = Schemas['Register']
type Caller = Schemas['Caller']

export interface Form {
  text: Entry<string>
  /** How much of the transcript the text has. */
  heard: number
  category: Entry<string | null>
  kind: Entry<Kind | null>
  urgency: Entry<number | null>
  place: Entry<PlaceChosen | null>
  occurredAt: Entry<string | null>
  accused: Entry<string>
  brief: Entry<string>
  name: string
  phone: string
  anonymous: boolean
  confidential: boolean
  wantReply: boolean
  policeNumber: string
}
export type Suggested = 'text' | 'category' | 'kind' | 'urgency' | 'place' | 'occurredAt' | 'accused' | 'brief'
export const SUGGESTED: readonly Suggested[] = ['text', 'category', 'kind', 'urgency', 'place', 'occurredAt', 'accused', 'brief']

const nothing = <T>(value: T): Entry<T> => ({ value, mark: 'empty' })
export const newForm = (): Form => ({
  text: nothing(''), heard: 0, category: nothing(null), kind: nothing(null), urgency: nothing(null), place: nothing(null),
  occurredAt: nothing(null), accused: nothing(''), brief: nothing(''), name: '', phone: '', anonymous: false,
  confidential: false, wantReply: true, policeNumber: '',
})

/** Let the agent's own value stand from now on. */
export function own<K extends Suggested>(form: Form, field: K, value: Form[K]['value']): void {
  form[field] = { value, mark: 'own' } as Form[K]
}
/** The agent says that what is suggested is right; tells whether there was anything to confirm. */
export function confirm(form: Form, field: Suggested): boolean {
  if (form[field].mark !== 'suggested') return false
  form[field].mark = 'own'
  return true
}
/** Confirm all that is suggested. */
export const confirmAll = (form: Form): void => { for (const field of SUGGESTED) confirm(form, field) }

function suggest<K extends Suggested>(form: Form, field: K, value: Form[K]['value']): void {
  if (form[field].mark === 'own') return
  const isNothing = value === null || value === ''
  form[field] = { value, mark: isNothing ? 'empty' : 'suggested' } as Form[K]
}

/** Suggest what was understood of the words. */
export function take(form: Form, read: Schemas['Understood']): void {
  suggest(form, 'category', read.detail ?? read.categories[0]?.code ?? null)
  suggest(form, 'kind', read.kind)
  suggest(form, 'urgency', read.urgency)
  suggest(form, 'place', read.place ? placeOf(read.place) : null)
  suggest(form, 'occurredAt', read.occurred_at)
  suggest(form, 'accused', read.accused ?? '')
  suggest(form, 'brief', read.brief)
}
function placeOf(place: Schemas['Place']): PlaceChosen {
  const at = place.lat != null && place.lon != null ? { lat: place.lat, lon: place.lon } : {}
  return { name: place.name ?? place.span, district: place.district ?? null, street: place.street ?? null, ...at }
}

const spoken = (transcript: string): string => transcript.replaceAll('\n', '')
/** The caller has said more: it goes into the text, unless the agent writes that by hand. */
export function hear(form: Form, transcript: string): void {
  if (form.text.mark === 'own') return
  suggest(form, 'text', spoken(transcript))
  form.heard = transcript.length
}
/** What was said since the agent has written by hand. */
export const unheard = (form: Form, transcript: string): string => (form.text.mark === 'own' ? spoken(transcript.slice(form.heard)) : '')
/** Put what was said since to the end of the agent's own words. */
export function append(form: Form, transcript: string): void {
  own(form, 'text', form.text.value + unheard(form, transcript))
  form.heard = transcript.length
}

/** Tell whether there is anything to lose. */
export const hasContent = (form: Form): boolean =>
  Boolean(form.text.value.trim() || form.name || form.phone || SUGGESTED.some((field) => form[field].mark === 'own'))

export interface Of { interaction?: number | null; line?: string | null; channel?: Schemas['Channel'] | null; knowsPhone?: boolean }

/** The registration as the hub takes it. What nobody confirmed is left to the hub, which reads it as it did before. */
export function bodyOf(form: Form, of: Of, more: Partial<Register> = {}): Register {
  const at = form.place.mark === 'own' ? form.place.value : null
  const location = at?.lat !== undefined && at.lon !== undefined ? { lat: at.lat, lon: at.lon } : undefined
  const written: Record<string, unknown> = {
    category: owned(form.category), kind: owned(form.kind), urgency: owned(form.urgency), address: at?.name, location,
    occurred_at: owned(form.occurredAt), accused: owned(form.accused), brief: owned(form.brief),
    police_number: form.policeNumber.trim(), line: of.line, channel: of.channel, interaction: of.interaction,
  }
  const filled = Object.fromEntries(Object.entries(written).filter(([, value]) => value !== undefined && value !== null && value !== ''))
  return { text: form.text.value, want_reply: form.wantReply, caller: callerOf(form, of), ...(filled as Partial<Register>), ...more }
}
const owned = <T>(entry: Entry<T>): T | undefined => (entry.mark === 'own' ? entry.value : undefined)

function callerOf(form: Form, of: Of): Caller | null {
  if (!form.name.trim() && !form.phone.trim() && !of.knowsPhone) return null
  return {
    ...(form.name.trim() ? { name: form.name.trim() } : {}),
    ...(form.phone.trim() ? { phone: form.phone.trim() } : {}),
    identity: form.anonymous ? 'anonymous' : 'named',
    disclosure: form.confidential || form.anonymous ? 'confidential' : 'open',
  }
}
