/** A queue in which one is open, kept in the address: the next one comes by itself when one is done. */
import { computed, ref, type ComputedRef, type Ref } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { useKeys } from '@/components/keys'
import { nextAfter } from '@/components/next'
import type TicketList from '@/components/TicketList.vue'
import type { TicketLine, TicketPages } from '@/components/ticketPages'

export interface Queue {
  chosen: ComputedRef<string | null>
  line: ComputedRef<TicketLine | undefined>
  table: Ref<InstanceType<typeof TicketList> | undefined>
  open: (one: TicketLine | null | undefined) => void
  /** One is done: the next is opened, and the list read anew. */
  done: () => Promise<void>
}

export function useQueue(pages: TicketPages): Queue {
  const route = useRoute()
  const router = useRouter()
  const table = ref<InstanceType<typeof TicketList>>()
  const chosen = computed(() => (typeof route.query.ticket === 'string' ? route.query.ticket : null))
  const line = computed(() => pages.tickets.value.find((one) => one.number === chosen.value))
  const open = (one: TicketLine | null | undefined): void => { void router.replace({ query: { ...route.query, ticket: one?.number } }) }
  async function done(): Promise<void> {
    open(nextAfter(pages.tickets.value, (one) => one.number === chosen.value))
    await pages.reload()
  }
  useKeys([
    { key: 'j', words: 'review.keys.next', group: 'review.title', act: () => table.value?.move(1) },
    { key: 'k', words: 'review.keys.previous', group: 'review.title', act: () => table.value?.move(-1) },
    { key: 'Escape', words: 'review.keys.close', group: 'review.title', act: () => open(null) },
  ])
  return { chosen, line, table, open, done }
}
