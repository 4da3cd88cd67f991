/** What a person does with one press: one at a time, with what went wrong to be shown. */
import { ref, type Ref } from 'vue'
import { problemOf, type Problem } from './client'

export interface Act {
  busy: Ref<boolean>
  problem: Ref<Problem | null>
  /** Do it unless something is under way; tells whether it was done. */
  act: (doing: () => Promise<unknown>) => Promise<boolean>
}

export function useAct(): Act {
  const busy = ref(false)
  const problem = ref<Problem | null>(null)
  async function act(doing: () => Promise<unknown>): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    problem.value = null
    try {
      await doing()
      return true
    } catch (error) {
      problem.value = problemOf(error)
      return false
    } finally {
      busy.value = false
    }
  }
  return { busy, problem, act }
}
