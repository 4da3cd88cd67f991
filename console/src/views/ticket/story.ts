/** A ticket as its story is shown: read, kept fresh by live events, and what is looked at beside it read when it changes. */
import { useDebounceFn } from '@vueuse/core'
import { onMounted, onUnmounted, watch } from 'vue'
import { ask, http, type Schemas } from '@/api/client'
import { useLoad, type Loaded } from '@/api/load'
import { useLive } from '@/stores/live'

export type Ticket = Schemas['TicketPage']
export type Part = Schemas['Part']
const RENEW_AFTER_MS = 400

export const readTicket = (number: string): Promise<Ticket> => ask(http.GET('/api/v1/tickets/{number}', { params: { path: { number } } }))

/** Return the ticket of that number, read anew when the number changes and when something happened to it. */
export function useTicket(number: () => string): Loaded<Ticket> {
  const loaded = useLoad(() => readTicket(number()))
  const renew = useDebounceFn(loaded.reload, RENEW_AFTER_MS, { maxWait: 2000 })
  const live = useLive()
  const stops: (() => void)[] = []
  onMounted(() => {
    void loaded.reload()
    stops.push(live.listen((event) => { if (event.ticket === number()) void renew() }), live.onGap(() => { void loaded.reload() }))
  })
  onUnmounted(() => { for (const stop of stops) stop() })
  watch(number, () => {
    loaded.data.value = undefined
    void loaded.reload()
  })
  return loaded
}

/** Return what is read beside a ticket, read anew whenever its number or version is another. */
export function useBeside<T>(ticket: () => Ticket, asking: (number: string) => Promise<T>): Loaded<T> {
  const loaded = useLoad(() => asking(ticket().number))
  watch(() => [ticket().number, ticket().version], ([number], before) => {
    if (before && number !== before[0]) loaded.data.value = undefined
    void loaded.reload()
  }, { immediate: true })
  return loaded
}

/** Parts that are still owed. */
export const livePartsOf = (ticket: Ticket): Part[] => ticket.assignments.filter((part) => part.ended_at === null)

/** Parts that a step may be about: one's own where one has any, else all; those that wait for a decision first. */
export function partsToChoose(ticket: Ticket, action: string): Part[] {
  const live = livePartsOf(ticket)
  const own = live.filter((part) => part.is_own)
  const open = own.length > 0 ? own : live
  const waiting = open.filter((part) => part.decide_by !== null)
  return action.startsWith('decide_') && waiting.length > 0 ? waiting : open
}

/** What comes next of itself, then what one may also do: in which order steps stand. What is possible, the hub says. */
const NEXT = ['decide_send_back', 'decide_extension', 'decide_deferral', 'rule', 'dispatch', 'designate', 'approve', 'reject', 'acknowledge', 'contact', 'reply', 'sign_off', 'follow_up', 'confirm_handoff']
const FIRST = [...NEXT, 'progress', 'send_back', 'reassign', 'merge', 'supervise', 'remind', 'answer', 'reopen', 'note']
const SHOWN = 5

/** Return the steps that stand as buttons, and those behind 更多; `next` is the one that stands out, if one should. */
export function grouped(actions: string[], shown = SHOWN): { main: string[]; more: string[]; next: string | null } {
  const rank = (action: string): number => { const at = FIRST.indexOf(action); return at < 0 ? FIRST.length : at }
  const sorted = [...actions].sort((one, other) => rank(one) - rank(other))
  const [first] = sorted
  return { main: sorted.slice(0, shown), more: sorted.slice(shown), next: first !== undefined && NEXT.includes(first) ? first : null }
}
