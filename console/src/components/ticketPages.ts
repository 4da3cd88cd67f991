/** A list of tickets, page by page by the hub's cursor, renewed in place when something happened to one that is shown. */
import { useDebounceFn } from '@vueuse/core'
import { onMounted, onUnmounted, watch } from 'vue'
import { ask, http, type Schemas } from '@/api/client'
import { usePaged, type Paged } from '@/api/paged'
import type { paths } from '@/api/schema'
import { useLive } from '@/stores/live'

export type TicketLine = Schemas['TicketLine']
export type TicketQuery = NonNullable<paths['/api/v1/tickets']['get']['parameters']['query']>
export type ReadPage = (query: { cursor?: string; limit: number }) => Promise<{ tickets: TicketLine[]; cursor: string | null }>

const PAGE = 100
const RENEW_AFTER_MS = 800

export type TicketPages = Omit<Paged<TicketLine>, 'rows' | 'put'> & { tickets: Paged<TicketLine>['rows'] }

/** Return the pages of what `read` reads, read anew when `query` changes and when live events say so. */
export function useTicketPages(read: ReadPage, query: () => unknown, renews: (event: string) => boolean = () => true): TicketPages {
  const { rows: tickets, loading, problem, hasMore, hasLoaded, reload, more } = usePaged(async (cursor) => {
    const page = await read({ ...(cursor ? { cursor } : {}), limit: PAGE })
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
  watch(query, reload, { deep: true })
  return { tickets, loading, problem, hasMore, hasLoaded, reload, more }
}

/** Read GET /api/v1/tickets by these filters; empty ones are left out. */
export function listOf(query: () => TicketQuery): ReadPage {
  return async (page) => {
    const given = Object.fromEntries(Object.entries({ ...query(), ...page }).filter(([, value]) => value !== '' && value !== null && value !== undefined))
    return ask(http.GET('/api/v1/tickets', { params: { query: given as TicketQuery } }))
  }
}
