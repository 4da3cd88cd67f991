/** Templates of replies: those that come with the console, by the result of the work, and one's own, kept in this browser. */
import { useStorage } from '@vueuse/core'
import type { Ref } from 'vue'

export interface Template {
  name: string
  text: string
}

/** What a template leaves to be filled in. */
export const BLANK = '＿＿'
const OWN_AT_MOST = 30

/** Return a template with what is known of the ticket put into its places; what is not known stays a blank. */
export function fill(text: string, known: Record<string, string | null | undefined>): string {
  return text.replace(/\[(\w+)\]/g, (_, name: string) => known[name] || BLANK)
}
/** Return how many blanks are left in a text. */
export const blanksIn = (text: string): number => text.split(BLANK).length - 1

/** Return own templates with another kept in front; one of the same name is replaced. */
export function withTemplate(own: Template[], added: Template): Template[] {
  return [added, ...own.filter((one) => one.name !== added.name)].slice(0, OWN_AT_MOST)
}
/** Return one's own templates, each person's for themselves. */
export const useOwnTemplates = (username: string): Ref<Template[]> => useStorage<Template[]>(`hotline.templates.${username}`, [])

const DAY = new Intl.DateTimeFormat('zh-CN', { timeZone: 'Asia/Shanghai', month: 'long', day: 'numeric' })
/** 11月28日, as a reply says it. */
export const dayOf = (at: number): string => DAY.format(at)
