/** 占用: the ticket that one has open at the desk is nobody else's; it is renewed while it is open and freed when one leaves. */
import { useEventListener } from '@vueuse/core'
import { computed, onUnmounted, ref, watch, type ComputedRef, type Ref } from 'vue'
import { ask, http, problemOf, ProblemError, type Problem, type Schemas } from '@/api/client'
import { useSession } from '@/stores/session'

export type HeldBy = Schemas['HeldBy']
export interface Hold {
  heldBy: Ref<HeldBy | null>
  isMine: ComputedRef<boolean>
  busy: Ref<boolean>
  problem: Ref<Problem | null>
  take: (takeOver?: boolean) => Promise<void>
  letGo: () => Promise<void>
}

const SHORTEST_MS = 3_000
const TRY_AGAIN_MS = 10_000

/** How long to wait on the wall clock before a hold is renewed: a third of what is left, by a hub's clock of that speed. */
export function renewAfter(lapsesAt: string, hubNow: number, speed: number): number {
  const left = (Date.parse(lapsesAt) - hubNow) / Math.max(speed, 0.001)
  return Math.max(SHORTEST_MS, left / 3)
}

/** Hold the ticket of that number; `changed` is told when it became one's own, or somebody else's. */
export function useHold(number: () => string | null, changed: (isMine: boolean) => void): Hold {
  const session = useSession()
  const heldBy = ref<HeldBy | null>(null)
  const problem = ref<Problem | null>(null)
  const busy = ref(false)
  const isMine = computed(() => heldBy.value?.is_own === true)
  let timer: ReturnType<typeof setTimeout> | undefined

  function again(after: number): void {
    clearTimeout(timer)
    timer = setTimeout(() => void take(), after)
  }
  function hear(found: HeldBy | null): void {
    const [was, had] = [isMine.value, heldBy.value !== null]
    heldBy.value = found
    if (isMine.value !== was || !had) changed(isMine.value)
    if (found?.is_own) again(renewAfter(found.lapses_at, session.now(), session.speed))
  }
  async function take(takeOver = false): Promise<void> {
    const wanted = number()
    if (!wanted) return
    busy.value = true
    try {
      const answer = await ask(http.PUT('/api/v1/tickets/{number}/hold', { params: { path: { number: wanted } }, body: { take_over: takeOver } }))
      if (number() !== wanted) return void free(wanted)
      problem.value = null
      hear(answer.held_by)
    } catch (error) {
      if (number() !== wanted) return
      await refused(wanted, error, takeOver)
    } finally {
      busy.value = false
    }
  }
  /** Somebody else has it, or it needs nobody any more: look who, and whether it falls free. */
  async function refused(wanted: string, error: unknown, takeOver: boolean): Promise<void> {
    const isHeld = error instanceof ProblemError && error.problem.code === 'held'
    if (!isHeld || takeOver) problem.value = problemOf(error)
    if (!isHeld) {
      hear(null)
      return
    }
    const page = await ask(http.GET('/api/v1/tickets/{number}', { params: { path: { number: wanted } } })).catch(() => null)
    if (number() !== wanted) return
    hear(page?.held_by ?? null)
    again(TRY_AGAIN_MS)
  }
  async function letGo(): Promise<void> {
    clearTimeout(timer)
    const held = number()
    const mine = isMine.value
    heldBy.value = null
    if (held && mine) await free(held)
  }
  watch(number, (now, before) => {
    clearTimeout(timer)
    if (before && isMine.value) void free(before)
    heldBy.value = null
    problem.value = null
    if (now) void take()
  }, { immediate: true })
  const leave = (): void => { const held = number(); if (held && isMine.value) void free(held) }
  // A page that is closed has no time to wait for an answer.
  useEventListener(window, 'pagehide', leave)
  onUnmounted(() => {
    clearTimeout(timer)
    leave()
  })
  return { heldBy, isMine, busy, problem, take, letGo }
}

async function free(number: string): Promise<void> {
  await fetch(`/api/v1/tickets/${number}/hold`, { method: 'DELETE', keepalive: true, credentials: 'same-origin' }).catch(() => undefined)
}
