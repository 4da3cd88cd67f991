/** Which one comes by itself when one is done: the one below it, or the one above where it was the last. */
export function nextAfter<T>(rows: readonly T[], isDone: (row: T) => boolean): T | undefined {
  const at = rows.findIndex(isDone)
  if (at < 0) return rows[0]
  return rows[at + 1] ?? rows[at - 1]
}
