/** What the incident desk reckons: what presses first, and what is sent of a form. */
import type { Schemas } from '@/api/client'

export type Incident = Schemas['IncidentPage']
export type Prompt = Schemas['PromptLine']
export type Handoff = Schemas['HandoffPage']

/** Incidents by what presses: a report that is late, then the next report, then the newest. */
export function mostPressing(incidents: Incident[]): Incident[] {
  const due = (one: Incident): number => (one.closed_at ? Infinity : one.is_report_late ? 0 : one.report_by ? Date.parse(one.report_by) : Number.MAX_SAFE_INTEGER)
  return [...incidents].sort((one, other) => due(one) - due(other) || Date.parse(other.opened_at) - Date.parse(one.opened_at))
}

/** What a handoff waits for now: to ring there, or to be confirmed; by when. */
export const waitsFor = (one: Handoff): { what: 'offer' | 'confirm'; by: string } =>
  one.offered_at ? { what: 'confirm', by: one.confirm_by } : { what: 'offer', by: one.offer_by }

export interface OpeningForm {
  ticket: string
  title: string
  answer: string
  expires_at: string | null
}

/** What is sent of the form: what was left empty is the hub's to say. */
export function opening(form: OpeningForm): { ticket?: string; title?: string; answer?: string; expires_at?: string } {
  const found = { ticket: form.ticket.trim(), title: form.title.trim(), answer: form.answer.trim(), expires_at: form.expires_at ?? '' }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== ''))
}

/** Percent of how surely a ticket belongs to an incident. */
export const surely = (confidence: number): string => `${Math.round(confidence * 100)}%`
