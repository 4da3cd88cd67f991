/** How large a file is, as people read it. */
const KIB = 1024

/** 51200 → 50 KB. */
export function bytes(size: number | null): string {
  if (size === null) return '—'
  return size < KIB * KIB ? `${Math.max(1, Math.round(size / KIB))} KB` : `${(size / KIB / KIB).toFixed(1)} MB`
}
