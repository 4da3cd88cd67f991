/** A list that the hub answers page by page: the first page anew when it is asked for, the next ones as one goes on. */
import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { problemOf, type Problem } from './client'

export interface PageOf<T> {
  rows: T[]
  cursor: string | null
}
export interface Paged<T> {
  rows: ShallowRef<T[]>
  loading: Ref<boolean>
  problem: Ref<Problem | null>
  hasMore: Ref<boolean>
  hasLoaded: Ref<boolean>
  reload: () => Promise<void>
  more: () => Promise<void>
  /** Show another of the same key in its place, without asking for the list anew. */
  put: (row: T, isSame: (other: T) => boolean) => void
}

/** Return the pages of what `read` reads; `reload` starts it. An answer that came too late is thrown away. */
export function usePaged<T>(read: (cursor: string | undefined) => Promise<PageOf<T>>): Paged<T> {
  const rows = shallowRef<T[]>([])
  const problem = ref<Problem | null>(null)
  const [loading, hasMore, hasLoaded] = [ref(false), ref(false), ref(false)]
  let cursor: string | null = null
  let latest = 0

  async function load(from: string | undefined): Promise<void> {
    const mine = ++latest
    loading.value = true
    try {
      const page = await read(from)
      if (mine !== latest) return
      rows.value = from === undefined ? page.rows : [...rows.value, ...page.rows]
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
  return {
    rows,
    loading,
    problem,
    hasMore,
    hasLoaded,
    reload: () => load(undefined),
    more: async () => { if (cursor !== null && !loading.value) await load(cursor) },
    put: (row, isSame) => { rows.value = rows.value.map((other) => (isSame(other) ? row : other)) },
  }
}
