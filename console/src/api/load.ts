/** What a page reads: loading, a problem, or the answer; asked again on demand, the last asking wins. */
import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { problemOf, type Problem } from './client'

export interface Loaded<T> {
  data: ShallowRef<T | undefined>
  problem: Ref<Problem | null>
  loading: Ref<boolean>
  reload: () => Promise<void>
}

/** Return the state of one asking; `reload` starts it. An old answer stays in view while a new one comes. */
export function useLoad<T>(asking: () => Promise<T>): Loaded<T> {
  const data = shallowRef<T>()
  const problem = ref<Problem | null>(null)
  const loading = ref(false)
  let latest = 0
  async function reload(): Promise<void> {
    const mine = ++latest
    loading.value = true
    try {
      const answer = await asking()
      if (mine === latest) [data.value, problem.value] = [answer, null]
    } catch (error) {
      if (mine === latest) problem.value = problemOf(error)
    } finally {
      if (mine === latest) loading.value = false
    }
  }
  return { data, problem, loading, reload }
}
