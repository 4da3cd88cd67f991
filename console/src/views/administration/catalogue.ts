/** What differs between the catalogue of one day and that of another, and reading all of a day's. */
import { ask, http, type Schemas } from '@/api/client'

export type Duty = Schemas['DutyLine']
export type Sort = 'added' | 'removed' | 'changed'
export interface Difference {
  sort: Sort
  before: Duty | null
  after: Duty | null
  /** Which of lead, assisting, copy and grassroots came out otherwise. */
  fields: string[]
}
const LIMIT = 100

/** Return every row that holds on a day. */
export async function allOn(day: string): Promise<Duty[]> {
  const rows: Duty[] = []
  let cursor: string | null | undefined
  do {
    const page = await ask(http.GET('/api/v1/catalogue', { params: { query: { on: day, limit: LIMIT, ...(cursor ? { cursor } : {}) } } }))
    rows.push(...page.duties)
    cursor = page.cursor
  } while (cursor)
  return rows
}

const said = (one: Duty): Record<string, string> => ({
  lead: one.lead.code,
  assisting: one.assisting.map((each) => each.code).sort().join(),
  copy: one.copy.map((each) => each.code).sort().join(),
  grassroots: String(one.grassroots),
})
function byPlace(rows: Duty[]): Map<string, Duty[]> {
  const found = new Map<string, Duty[]>()
  for (const one of rows) {
    const where = `${one.category.code} ${one.place?.code ?? ''}`
    found.set(where, [...(found.get(where) ?? []), one])
  }
  return found
}

/** Compare two days by category and place: a row that only got another id or another basis is no difference. */
export function differences(before: Duty[], after: Duty[]): Difference[] {
  const [old, fresh] = [byPlace(before), byPlace(after)]
  const found: Difference[] = []
  for (const where of [...new Set([...(old.keys()), ...(fresh.keys())])].sort()) {
    const [left, right] = [old.get(where) ?? [], fresh.get(where) ?? []]
    for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
      const [was, is] = [left[i] ?? null, right[i] ?? null]
      if (!was || !is) {
        found.push({ sort: was ? 'removed' : 'added', before: was, after: is, fields: [] })
        continue
      }
      const [a, b] = [said(was), said(is)]
      const fields = Object.keys(a).filter((name) => a[name] !== b[name])
      if (fields.length) found.push({ sort: 'changed', before: was, after: is, fields })
    }
  }
  return found
}
