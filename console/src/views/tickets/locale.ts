import type { Locale } from '@/locales'

const words: Locale = {
  'zh-CN': { tickets: { title: '全部工单', found: '含“{q}”的工单', none: '没有符合条件的工单', keys: { next: '下一件', previous: '上一件', open: '打开所选工单' } } },
  en: { tickets: { title: 'All tickets', found: 'Tickets with “{q}”', none: 'No ticket matches', keys: { next: 'Next', previous: 'Previous', open: 'Open the marked ticket' } } },
}
export default words
