/** Which part of a ticket one works on. */
import type { Schemas } from '@/api/client'

type Part = Schemas['Part']
type Parts = { assignments: Part[] }

/** Return a part that is the reader's own and still live: the one that is asked for, or the last. */
export function ownPart(ticket: Parts, assignment?: number | null): Part | undefined {
  const own = ticket.assignments.filter((part) => part.is_own && part.ended_at === null)
  return own.find((part) => part.assignment === assignment) ?? own.at(-1)
}
/** Return the part that leads, or that did last. */
export function leadPart(ticket: Parts): Part | undefined {
  const leads = ticket.assignments.filter((part) => part.role === 'lead')
  return leads.find((part) => part.ended_at === null) ?? leads.at(-1)
}
