/** How files and accounts are told. */

const KIB = 1024

/** 51200 → 50 KB. */
export function bytes(size: number | null): string {
  if (size === null) return '—'
  return size < KIB * KIB ? `${Math.max(1, Math.round(size / KIB))} KB` : `${(size / KIB / KIB).toFixed(1)} MB`
}

/** How far the parts are from the whole: 0 where a sum adds up. */
export const gap = (account: { whole: number; parts: { count: number }[] }): number => account.whole - account.parts.reduce((sum, part) => sum + part.count, 0)

/** The quarter of a moment as the hub names it, and `back` quarters before. */
export function quarter(at: number, back = 0): string {
  const local = new Date(at + 8 * 3_600_000)
  const index = local.getUTCFullYear() * 4 + Math.floor(local.getUTCMonth() / 3) - back
  return `${Math.floor(index / 4)}Q${(index % 4) + 1}`
}
