/** What a list of tickets is asked for: kept in the address, so that it comes back on reload and can be linked to. */
import { computed, type ComputedRef, type WritableComputedRef } from 'vue'
import { useRoute, useRouter, type LocationQuery } from 'vue-router'
import type { Schemas } from '@/api/client'
import { dayOf } from './period'
import { filled } from './steps'
import type { TicketQuery } from './ticketPages'

export type Filters = Schemas['ListFields']
export type Sort = NonNullable<Filters['sort']>

const WORDS = ['q', 'kind', 'category', 'department', 'district', 'line', 'since', 'until', 'sort'] as const
const NAMES = [...WORDS, 'state', 'urgency', 'overdue'] as const
const DAY_MS = 86_400_000

const one = (value: LocationQuery[string] | undefined): string => (typeof value === 'string' ? value : '')

/** Return what an address asks for; what is empty in it is not asked for. */
export function filtersIn(query: LocationQuery): Filters {
  const words = Object.fromEntries(WORDS.map((name) => [name, one(query[name])]))
  const urgency = Number(one(query.urgency))
  return filled({ ...words, state: one(query.state).split(',').filter(Boolean), urgency: urgency || undefined, overdue: one(query.overdue) === 'true' || undefined }) as Filters
}

/** Return the same as an address holds it. */
export function inAddress(filters: Filters): Record<string, string | undefined> {
  const { state = [], urgency, overdue, ...words } = filled({ ...filters }) as Filters
  const kept = { ...words, state: state.join(','), urgency: urgency ? String(urgency) : '', overdue: overdue ? 'true' : '' }
  return Object.fromEntries(NAMES.map((name) => [name, kept[name] || undefined]))
}

/** Return the same as GET /api/v1/tickets takes it. */
export function asQuery(filters: Filters): TicketQuery {
  const { state = [], overdue, ...more } = filters
  return filled({ ...more, state: state.length ? [state.join(',')] : undefined, overdue: overdue ? 'true' : undefined }) as TicketQuery
}

/** How many things are asked for beside those that the list is about anyway; the order is none. */
export function countOf(filters: Filters, fixed: Filters = {}): number {
  const asked = filled({ ...filters, sort: undefined }) as Filters
  return Object.keys(asked).filter((name) => !(name in fixed) && !(name === 'until' && asked.since) && asked[name as keyof typeof asked] !== false).length
}

/** Return the first and the last day, in Beijing time, of what was registered in between; null where one is open. */
export function daysOf({ since, until }: Filters): [string, string] | null {
  if (!since || !until) return null
  return [dayOf(Date.parse(since)), dayOf(Date.parse(until) - DAY_MS)]
}
/** Return the moments that two days, both meant, lie between. */
export function betweenDays(days: [string, string] | null | undefined): Pick<Filters, 'since' | 'until'> {
  if (!days) return { since: undefined, until: undefined }
  const [first, last] = days
  return { since: `${first}T00:00:00+08:00`, until: `${dayOf(Date.parse(`${last}T00:00:00+08:00`) + DAY_MS)}T00:00:00+08:00` }
}

export interface ListFilters {
  /** What a person asked for. */
  own: WritableComputedRef<Filters>
  /** With what the list is about and how it usually comes. */
  filters: ComputedRef<Filters>
  fixed: Filters
  /** Of a list of another address: by what alone it can be narrowed. */
  offers?: readonly (keyof Filters)[]
}

/**
 * Return the filters of a page's list; `fixed` is what the list is about, `usual` holds but for a search, which has its own order.
 * A link may ask for what the list does not offer: that is asked for nowhere, neither in the list nor in its file nor in its count.
 */
export function useListFilters(fixed: Filters = {}, usual: Filters = {}, offers?: readonly (keyof Filters)[]): ListFilters {
  const route = useRoute()
  const router = useRouter()
  const page = route.name
  let last: Filters = {}
  const offered = (asked: Filters): Filters => (offers ? Object.fromEntries(Object.entries(asked).filter(([name]) => offers.some((one) => one === name))) : asked)
  const own = computed<Filters>({
    // The address of the page that one goes to says nothing of this list.
    get: () => (last = route.name === page ? offered(filtersIn(route.query)) : last),
    set: (wanted) => { void router.replace({ query: { ...route.query, ...inAddress(wanted) } }) },
  })
  return { own, filters: computed(() => ({ ...(own.value.q ? {} : usual), ...own.value, ...fixed })), fixed, offers }
}

/** Say in words what a list was asked for. */
export function described(filters: Filters, words: { label: (sort: string, value: string) => string; department: (code: string) => string; category: (code: string) => string; line: (number: string) => string; day: (at: string) => string }, t: (key: string, named?: Record<string, unknown>) => string): string {
  const { state = [], q, kind, urgency, category, department, district, line, since, until, overdue } = filters
  return [
    state.map((name) => words.label('ticket_state', name)).join('、'),
    q ? `“${q}”` : '',
    kind ? words.label('kind', kind) : '',
    urgency ? words.label('urgency', String(urgency)) : '',
    category ? words.category(category) : '',
    department ? words.department(department) : '',
    district ? words.department(district) : '',
    line ? words.line(line) : '',
    since ? t('list.since', { day: words.day(since) }) : '',
    until ? t('list.until', { day: words.day(new Date(Date.parse(until) - 1).toISOString()) }) : '',
    overdue ? t('list.overdue') : '',
  ].filter(Boolean).join(' · ') || t('list.everything')
}
