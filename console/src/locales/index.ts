/** The console's own words, Chinese first; each view brings its own in `locale.ts`. The hub's words come from the hub. */
import { createI18n } from 'vue-i18n'
import { frame } from './frame'

// A type, no interface: vue-i18n wants an index signature, which only a type has.
export type Locale = { 'zh-CN': Words; en: Words }
type Words = { [key: string]: string | Words }

const views = import.meta.glob<{ default: Locale }>('../views/*/locale.ts', { eager: true })
const messages: Locale = { 'zh-CN': { ...frame['zh-CN'] }, en: { ...frame.en } }
for (const { default: words } of Object.values(views)) {
  Object.assign(messages['zh-CN'], words['zh-CN'])
  Object.assign(messages.en, words.en)
}

export const LANGUAGE = 'hotline.language'
export const i18n = createI18n({
  legacy: false,
  locale: localStorage.getItem(LANGUAGE) ?? 'zh-CN',
  fallbackLocale: 'zh-CN',
  messages,
})
