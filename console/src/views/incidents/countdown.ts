/** Milliseconds as 1:05 or 2:03:09, and whether they have run out. */
export function countdown(milliseconds: number): { said: string; isOver: boolean } {
  const seconds = Math.floor(Math.abs(milliseconds) / 1000)
  const two = (n: number): string => String(n).padStart(2, '0')
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)]
  const said = hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`
  return { said, isOver: milliseconds < 0 }
}
