/** Which words two texts share: what makes an example like the request. */
export interface Run { text: string; isShared: boolean }

const SHORTEST = 2
const LETTER = /[\p{L}\p{N}]/u

/** Part a text into what the other one says too, in runs of two characters or more, and the rest. */
export function sharedRuns(text: string, other: string): Run[] {
  const letters = [...text]
  const isShared = letters.map(() => false)
  for (let at = 0; at < letters.length; at += 1) {
    let to = at
    while (to < letters.length && LETTER.test(letters[to] ?? '') && other.includes(letters.slice(at, to + 1).join(''))) to += 1
    if (to - at >= SHORTEST) isShared.fill(true, at, to)
  }
  const runs: Run[] = []
  letters.forEach((letter, at) => {
    const last = runs.at(-1)
    if (last && last.isShared === isShared[at]) last.text += letter
    else runs.push({ text: letter, isShared: isShared[at] ?? false })
  })
  return runs
}
