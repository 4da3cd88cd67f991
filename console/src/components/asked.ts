/** What a part's department asks of the hotline, as the hub keeps it. */
import type { Schemas } from '@/api/client'

export interface Asked {
  what?: string
  reason?: string
  plan?: string
  extra?: string | null
  extra_words?: string
  solve_by?: string
  at?: string
  is_review?: boolean
  duty_argument?: string
}
export const askedOf = (part: Schemas['Part'] | undefined): Asked | null => (part?.asked as Asked | null | undefined) ?? null
