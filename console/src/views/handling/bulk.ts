/** One step taken for many chosen rows, one after the other; what became of each is told, and a failure stops nobody else's. */
import { problemOf } from '@/api/client'

export interface Outcome {
  number: string
  done: boolean
  /** The hub's words where it refused. */
  told: string
}

/** Take a step for every row and tell each outcome as it comes; ends early, between two rows, when `isStopped` says so. */
export async function takeAll<T extends { number: string }>(rows: T[], take: (row: T) => Promise<unknown>, tell: (outcome: Outcome) => void, isStopped: () => boolean = () => false): Promise<void> {
  for (const row of rows) {
    if (isStopped()) return
    try {
      await take(row)
      tell({ number: row.number, done: true, told: '' })
    } catch (error) {
      tell({ number: row.number, done: false, told: problemOf(error).detail })
    }
  }
}
