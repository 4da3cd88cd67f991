/** A list of tickets, page by page by the hub's cursor, renewed in place when something happened to one that is shown. */
import { useDebounceFn } from '@vueuse/core'
import { onMounted, onUnmounted, shallowRef, watch, type ShallowRef } from 'vue'
import { ask, http, type Schemas } from '@/api/client'
import { usePaged, type Paged } from '@/api/paged'
import type { paths } from '@/api/schema'
import { useLive } from '@/stores/live'
import type { Sort } from './listFilters'

export type TicketLine = Schemas['TicketLine']
export type TicketQuery = NonNullable<paths['/api/v1/tickets']['get']['parameters']['query']>
export interface TicketsPage {
  tickets: TicketLine[]
  cursor: string | null
  /** The order in which they come and those that may be asked for; none where the list has but one. */
  sort?: Sort
  sorts?: Sort[]
}
export type ReadPage = (query: { cursor?: string; limit: number }) => Promise<TicketsPage>

const PAGE = 100
const RENEW_AFTER_MS = 800

export type TicketPages = Omit<Paged<TicketLine>, 'rows' | 'put'> & { tickets: Paged<TicketLine>['rows']; sort: ShallowRef<Sort | null>; sorts: ShallowRef<Sort[]>; turn: ShallowRef<number> }

/** Return the pages of what `read` reads, read anew when `query` changes and when live events say so. */
export function useTicketPages(read: ReadPage, query: () => unknown, renews: (event: string) => boolean = () => true): TicketPages {
  const sort = shallowRef<Sort | null>(null)
  const sorts = shallowRef<Sort[]>([])
  const { rows: tickets, loading, problem, hasMore, hasLoaded, reload, more } = usePaged(async (cursor) => {
    const page = await read({ ...(cursor ? { cursor } : {}), limit: PAGE })
    if (!cursor) [sort.value, sorts.value] = [page.sort ?? null, page.sorts ?? []]
    return { rows: page.tickets, cursor: page.cursor }
  })
  // Only the first page is renewed by itself: who has scrolled far keeps what they look at.
  const renew = useDebounceFn(() => (tickets.value.length <= PAGE ? reload() : Promise.resolve()), RENEW_AFTER_MS, { maxWait: 5000 })
  const live = useLive()
  const stops: (() => void)[] = []
  onMounted(() => {
    void reload()
    stops.push(live.listen((event) => { if (renews(event.type)) void renew() }), live.onGap(() => { void reload() }))
  })
  onUnmounted(() => { for (const stop of stops) stop() })
  // Another list begins at its beginning, however far one had gone in the one before.
  const turn = shallowRef(0)
  watch(() => JSON.stringify(query()), () => { turn.value += 1; void reload() })
  return { tickets, loading, problem, hasMore, hasLoaded, reload, more, sort, sorts, turn }
}

/** Read GET /api/v1/tickets by these filters; empty ones are left out. */
export function listOf(query: () => TicketQuery): ReadPage {
  return async (page) => {
    const given = Object.fromEntries(Object.entries({ ...query(), ...page }).filter(([, value]) => value !== '' && value !== null && value !== undefined))
    return ask(http.GET('/api/v1/tickets', { params: { query: given as TicketQuery } }))
  }
}
