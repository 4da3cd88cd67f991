/** A list of tickets, page by page by the hub's cursor, renewed in place when something happened to one that is shown. */
import { useDebounceFn } from '@vueuse/core'
import { onMounted, onUnmounted, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { ask, http, problemOf, type Problem, type Schemas } from '@/api/client'
import type { paths } from '@/api/schema'
import { useLive } from '@/stores/live'

export type TicketLine = Schemas['TicketLine']
export type TicketQuery = NonNullable<paths['/api/v1/tickets']['get']['parameters']['query']>
export type ReadPage = (query: { cursor?: string; limit: number }) => Promise<{ tickets: TicketLine[]; cursor: string | null }>

const PAGE = 100
const RENEW_AFTER_MS = 800

export interface TicketPages {
  tickets: ShallowRef<TicketLine[]>
  loading: Ref<boolean>
  problem: Ref<Problem | null>
  hasMore: Ref<boolean>
  hasLoaded: Ref<boolean>
  /** How many changed or came since the list was read, where the list stands still while one works in it. */
  reload: () => Promise<void>
  more: () => Promise<void>
}

/** Return the pages of what `read` reads, read anew when `query` changes and when live events say so. */
export function useTicketPages(read: ReadPage, query: () => unknown, renews: (event: string) => boolean = () => true): TicketPages {
  const tickets = shallowRef<TicketLine[]>([])
  const [loading, hasMore, hasLoaded] = [ref(false), ref(false), ref(false)]
  const problem = ref<Problem | null>(null)
  let cursor: string | null = null
  let latest = 0

  async function load(from: string | null, limit: number): Promise<void> {
    const mine = ++latest
    loading.value = true
    try {
      const page = await read({ ...(from ? { cursor: from } : {}), limit })
      if (mine !== latest) return
      tickets.value = from ? [...tickets.value, ...page.tickets] : page.tickets
      cursor = page.cursor
      hasMore.value = page.cursor !== null
      hasLoaded.value = true
      problem.value = null
    } catch (error) {
      if (mine === latest) problem.value = problemOf(error)
    } finally {
      if (mine === latest) loading.value = false
    }
  }
  const reload = (): Promise<void> => load(null, PAGE)
  const more = async (): Promise<void> => { if (hasMore.value && !loading.value && cursor) await load(cursor, PAGE) }
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
