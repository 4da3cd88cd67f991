/** 紧急转接 during a call: begun by one key, watched until the other side has it. */
import { onUnmounted, shallowRef } from 'vue'
import { useAct } from '@/api/act'
import { ask, http, type Schemas } from '@/api/client'
import { STEPS } from '@/components/steps'

export type Handoff = Schemas['HandoffPage']
type Press = Schemas['Press']
type Step = Schemas['HandoffStep']
const LOOK_EVERY_MS = 2000

/** Whom a call can be handed to, as the hub's own description of the step says. */
export const NUMBERS = (STEPS.hand_off?.fields.number?.enum ?? []) as Press['number'][]

/** Seconds until a time, negative after it. */
export const secondsTo = (at: string, now: number): number => Math.ceil((Date.parse(at) - now) / 1000)
/** How far a countdown has run, 1 at its end. */
export function share(from: string, to: string, now: number): number {
  const whole = Date.parse(to) - Date.parse(from)
  return whole > 0 ? Math.min(1, Math.max(0, (now - Date.parse(from)) / whole)) : 1
}

/** Return the handoffs of this desk's call, newest first. */
export function useHandoffs() {
  const all = shallowRef<Handoff[]>([])
  const { busy, problem, act } = useAct()

  function put(one: Handoff): void {
    const isKnown = all.value.some((other) => other.id === one.id)
    all.value = isKnown ? all.value.map((other) => (other.id === one.id ? one : other)) : [one, ...all.value]
  }
  const press = (number: Press['number'], of: { interaction: number | null; ticket?: string }): Promise<boolean> =>
    act(async () => { put(await ask(http.POST('/api/v1/handoffs', { body: of.ticket ? { number, ticket: of.ticket } : { number, interaction: of.interaction } }))) })
  const step = (id: string, body: Step): Promise<boolean> =>
    act(async () => { put(await ask(http.POST('/api/v1/handoffs/{id}/steps', { params: { path: { id } }, body }))) })

  // The other side confirms by its own system too.
  const timer = setInterval(() => {
    for (const one of all.value.filter((other) => !other.confirmed_at)) {
      void ask(http.GET('/api/v1/handoffs/{id}', { params: { path: { id: one.id } } })).then(put, () => undefined)
    }
  }, LOOK_EVERY_MS)
  onUnmounted(() => { clearInterval(timer) })
  return { all, problem, busy, press, step, clear: () => { all.value = [] } }
}

/** Two dangers may call for one number, as a fire and a collapse do: it is called once, and what both scripts say is read. */
export function byNumber(proposed: Schemas['ProposedHandoff'][]): Schemas['ProposedHandoff'][] {
  return [...new Set(proposed.map((one) => one.number))].map((number) => ({
    number,
    script: proposed.filter((one) => one.number === number).map((one) => one.script).join('\n\n'),
  }))
}
