/** Who said what in a matter that was sent back: read from the trail. */
import type { TrailEvent } from '../ticket/trail'

export interface Statement {
  seq: number
  at: string
  assignment: number
  reason: string
  dutyArgument: string
  proposed: string | null
  /** What the hotline said to it; null while it waits. */
  decision: { upheld: boolean; reason: string; at: string } | null
}
export interface Dispute { topic: string; participants: string[]; at: string; ruling: { lead: string; text: string; at: string } | null }

const fieldOf = <T>(event: TrailEvent, name: string): T | undefined => (event.fields as Record<string, unknown>)[name] as T | undefined

/** Return every request to send a part back, the oldest first, each with what was decided of it. */
export function statementsOf(events: TrailEvent[]): Statement[] {
  return events.flatMap((event, i) => {
    if (event.type !== 'send_back') return []
    const assignment = fieldOf<number>(event, 'assignment') ?? 0
    const decided = events.slice(i + 1).find((later) => later.type === 'decide_send_back' && fieldOf<number>(later, 'assignment') === assignment)
    return [{
      seq: event.seq,
      at: event.at,
      assignment,
      reason: fieldOf<string>(event, 'reason') ?? '',
      dutyArgument: fieldOf<string>(event, 'duty_argument') ?? '',
      proposed: fieldOf<string | null>(event, 'proposed_department') ?? null,
      decision: decided ? { upheld: fieldOf<boolean>(decided, 'upheld') ?? false, reason: fieldOf<string>(decided, 'reason') ?? '', at: decided.at } : null,
    }]
  })
}

/** Return the newest dispute with its ruling, null where there was none. */
export function disputeOf(events: TrailEvent[]): Dispute | null {
  const at = events.map((event) => event.type).lastIndexOf('open_dispute')
  const opened = events[at]
  if (!opened) return null
  const ruled = events.slice(at + 1).find((event) => event.type === 'rule')
  return {
    topic: fieldOf<string>(opened, 'topic') ?? '',
    participants: fieldOf<string[]>(opened, 'participants') ?? [],
    at: opened.at,
    ruling: ruled ? { lead: fieldOf<string>(ruled, 'lead') ?? '', text: fieldOf<string>(ruled, 'ruling') ?? '', at: ruled.at } : null,
  }
}
