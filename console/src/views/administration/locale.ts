import type { Locale } from '@/locales'
import { english } from './locale.en'
import { chinese } from './locale.zh'

const words: Locale = { 'zh-CN': { administration: chinese }, en: { administration: english } }
export default words
