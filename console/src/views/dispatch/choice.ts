/** What a person at the desk makes of the catalogue's proposal, and what of it is sent: nothing of what was left as it is. */
import type { Schemas } from '@/api/client'

export type Proposal = Schemas['TicketProposal']
export interface Choice {
  lead: string
  assisting: string[]
  category: string
  kind: string
  urgency: number
  brief: string
  reason: string
}
interface Standing { category: { code: string; detail: string | null }; kind: string; urgency: number; brief: string }

const codes = (named: { code: string }[]): string[] => named.map((one) => one.code)
const sameOnes = (one: string[], other: string[]): boolean => one.length === other.length && one.every((code) => other.includes(code))
export const categoryOf = (ticket: Standing): string => ticket.category.detail ?? ticket.category.code

/** Return where the form begins: as the ticket stands, the lead as a ruling or the catalogue has it. */
export function begun(ticket: Standing, proposal: Proposal | undefined): Choice {
  return { ...proposed(proposal), category: categoryOf(ticket), kind: ticket.kind, urgency: ticket.urgency, brief: ticket.brief, reason: '' }
}

/** Return whom the proposal names; whoever cannot have it is no proposal. */
export function proposed(proposal: Proposal | undefined): Pick<Choice, 'lead' | 'assisting'> {
  if (!proposal) return { lead: '', assisting: [] }
  const lead = proposal.ruled?.code ?? proposal.lead?.code ?? ''
  const barred = codes([...proposal.recused, ...(proposal.ruled ? [] : proposal.sent_back_by)])
  return { lead: barred.includes(lead) ? '' : lead, assisting: codes(proposal.assisting).filter((code) => code !== lead) }
}

/** Tell whether the lead and those who assist are as the catalogue proposes, so that the hub takes its own proposal. */
export const isAsProposed = (choice: Choice, proposal: Proposal | undefined): boolean =>
  Boolean(proposal?.lead) && choice.lead === proposal?.lead?.code && sameOnes(choice.assisting, codes(proposal.assisting))

/** Return the fields of the dispatch: a lead that is the catalogue's own is left to the catalogue, with its reason. */
export function fieldsOf(choice: Choice, ticket: Standing, proposal: Proposal | undefined, action: string): Record<string, unknown> {
  const byCatalogue = action === 'dispatch' && isAsProposed(choice, proposal)
  return {
    ...(byCatalogue ? {} : { lead: choice.lead, ...(choice.assisting.length ? { assisting: choice.assisting } : {}) }),
    ...(choice.reason.trim() ? { reason: choice.reason.trim() } : {}),
    ...(choice.category && choice.category !== categoryOf(ticket) ? { category: choice.category } : {}),
    ...(choice.kind !== ticket.kind ? { kind: choice.kind } : {}),
    ...(choice.urgency !== ticket.urgency ? { urgency: choice.urgency } : {}),
    ...(choice.brief.trim() && choice.brief.trim() !== ticket.brief ? { brief: choice.brief.trim() } : {}),
  }
}

/** By which step a ticket is given to a department now, of those that the hub allows; none where it is no turn for it. */
export const sendingStep = (allowed: string[]): 'dispatch' | 'reassign' | 'designate' | null =>
  (['dispatch', 'designate', 'reassign'] as const).find((action) => allowed.includes(action)) ?? null
