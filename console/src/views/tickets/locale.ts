import type { Locale } from '@/locales'

const words: Locale = {
  'zh-CN': { tickets: { title: '全部工单', found: '含“{q}”的工单', none: '没有符合条件的工单', overdue: '只看超期', state: '全部状态', clear: '清除条件' } },
  en: { tickets: { title: 'All tickets', found: 'Tickets with “{q}”', none: 'No ticket matches', overdue: 'Overdue only', state: 'Any state', clear: 'Clear' } },
}
export default words
