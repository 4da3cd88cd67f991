/** Which one comes by itself when one is done: the one below it, or the one above where it was the last. */
export function nextAfter<T>(rows: readonly T[], isDone: (row: T) => boolean): T | undefined {
  const at = rows.findIndex(isDone)
  if (at < 0) return rows[0]
  return rows[at + 1] ?? rows[at - 1]
}

/**
 * Return the place that a step leads to from `at`, within a list of so many; where the one in hand has left the list (-1), from the gap
 * that it left where it `stood`: down leads to the one that moved up into it, up to the one above.
 */
export function stepped(at: number, stood: number, by: number, of: number): number {
  const gap = by > 0 ? stood - 1 : stood
  const from = at >= 0 ? at : gap
  return Math.min(Math.max(from + by, 0), of - 1)
}
