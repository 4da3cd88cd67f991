/** The trail as people read it: which values of an event are told, and in which words. */
import type { Schemas } from '@/api/client'
import { moment } from '@/components/moment'

export type TrailEvent = Schemas['TrailEvent']
export interface Told { name: string; value: string; ticket?: string }

/** What the hub and the city call things. */
export interface Naming {
  label: (sort: string, value: string | number) => string
  department: (code: string) => string
  category: (code: string) => string
  yes: string
  no: string
}

const DEPARTMENTS = new Set(['lead', 'assisting', 'copied', 'department', 'proposed_department', 'participants'])
const TICKETS = new Set(['ticket', 'into', 'split_from'])
/** Of these fields the values are words of the hub's lists. */
const SORTS: Record<string, string> = { kind: 'kind', urgency: 'urgency', result: 'result', role: 'assignment_role', channel: 'channel', flags: 'flag', flag: 'flag', level: 'supervision_level', cause: 'pause_cause', way: 'follow_up_way', relation: 'relation', taken: 'taken', adoption: 'adoption', outcome: 'supervision_outcome' }
/** In the order in which they are told; what is not named here is for programs and stands in the whole file. */
const TELLS = ['title', 'topic', 'number', 'lead', 'assisting', 'department', 'participants', 'copied', 'proposed_department', 'upheld', 'granted', 'before', 'after', 'kind', 'urgency', 'category', 'result', 'adoption', 'outcome', 'level', 'owner', 'deadline', 'reached', 'attempts', 'attempt', 'way', 'rung', 'solved', 'satisfied', 'score', 'because', 'ruling', 'amend', 'reason', 'reasons', 'duty_argument', 'code', 'lawful_channel', 'cause', 'plan', 'solve_by', 'extra', 'relation', 'ticket', 'into', 'split_from', 'outside_number', 'promised_at', 'reply_by', 'taken', 'flags', 'flag', 'cites']
/** Bookkeeping between the steps: shown where all is asked for. */
const MINOR = new Set(['clock_started', 'clock_moved', 'timer_ignored', 'follow_up_rung', 'follow_up_due', 'follow_up_put_off', 'passed_on', 'accept'])

export const isMinor = (event: TrailEvent): boolean => MINOR.has(event.type)

/** What an event is called: a step by its name, everything else by the hub's word for it. */
export function eventName(type: string, labels: Record<string, Record<string, string>>): string {
  return labels.action?.[type] ?? labels.event?.[type] ?? type
}

function fieldName(name: string, naming: Naming): string {
  const own = naming.label('event_field', name)
  return own === name ? naming.label('step_field', name) : own
}

function said(name: string, value: unknown, type: string, naming: Naming): string {
  if (Array.isArray(value)) return value.map((one) => said(name, one, type, naming)).join('、')
  if (typeof value === 'boolean') return value ? naming.yes : naming.no
  if (typeof value !== 'string' && typeof value !== 'number') return ''
  const text = String(value)
  if (DEPARTMENTS.has(name)) return naming.department(text)
  if (name === 'category' || (type === 'reclassified' && (name === 'before' || name === 'after'))) return naming.category(text)
  if (type === 'kind_corrected') return naming.label('kind', text)
  if (type === 'urgency_corrected') return naming.label('urgency', text)
  if (/_(at|by)$/.test(name) || name === 'deadline') return moment(text)
  if (type === 'graded_up' && name === 'level') return naming.label('patrol_level', text)
  return SORTS[name] ? naming.label(SORTS[name], text) : text
}

/** Return what an event tells, by name; the words that people wrote come last. */
export function toldBy(event: TrailEvent, naming: Naming): Told[] {
  const fields = event.fields as Record<string, unknown>
  const told = TELLS.filter((name) => !(name in event.words))
    .map((name) => ({ name: fieldName(name, naming), value: said(name, fields[name], event.type, naming), ...(TICKETS.has(name) && typeof fields[name] === 'string' ? { ticket: fields[name] } : {}) }))
    .filter((one) => one.value !== '')
  return [...told, ...Object.entries(event.words).map(([name, value]) => ({ name: fieldName(name, naming), value }))]
}
