/** How accounts and quarters are told. */

/** How far the parts are from the whole: 0 where a sum adds up. */
export const gap = (account: { whole: number; parts: { count: number }[] }): number => account.whole - account.parts.reduce((sum, part) => sum + part.count, 0)

/** The quarter of a moment as the hub names it, and `back` quarters before. */
export function quarter(at: number, back = 0): string {
  const local = new Date(at + 8 * 3_600_000)
  const index = local.getUTCFullYear() * 4 + Math.floor(local.getUTCMonth() / 3) - back
  return `${Math.floor(index / 4)}Q${(index % 4) + 1}`
}
