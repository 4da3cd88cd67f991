/** The department's list: its live parts by what each owes now, as tickets that a worklist can show. */
import { ref, type Ref } from 'vue'
import { ask, http, type Schemas } from '@/api/client'
import { asQuery, type Filters } from '@/components/listFilters'
import type { ReadPage, TicketLine } from '@/components/ticketPages'

export type Owes = Schemas['OwedFigures']['owes']
export type Counts = Schemas['OwedFigures'][]

/** Return a part's line with the due time of what it owes in the place that the list shows. */
export function lineOf(part: Schemas['OwedLine']): TicketLine {
  return { ...part.ticket, due_by: part.due_by }
}

/** By what a department's list can be narrowed. */
export const OFFERS = ['kind', 'urgency', 'category', 'district', 'overdue'] as const

/** Return how to read the parts that owe one thing (all without it) and fit, and the counts that came with the last page. */
export function owedPages(owes: () => Owes | '', filters: () => Filters): { read: ReadPage; counts: Ref<Counts>; owedOf: (ticket: TicketLine) => Owes | undefined } {
  const counts = ref<Counts>([])
  const asked = (): object => asQuery(filters())
  const known = new Map<string, Owes>()
  const keyOf = (one: TicketLine): string => `${one.number}/${one.assignment ?? ''}`
  return {
    counts,
    owedOf: (ticket) => known.get(keyOf(ticket)),
    read: async (page) => {
      const wanted = owes()
      const answer = await ask(http.GET('/api/v1/assignments', { params: { query: { ...page, ...asked(), ...(wanted ? { owes: wanted } : {}) } } }))
      counts.value = answer.counts
      for (const part of answer.parts) known.set(keyOf(part.ticket), part.owes)
      return { tickets: answer.parts.map(lineOf), cursor: answer.cursor }
    },
  }
}

export const sum = (counts: Counts, of: 'parts' | 'late'): number => counts.reduce((all, one) => all + one[of], 0)
