import type { Locale } from '@/locales'

const words: Locale = {
  'zh-CN': { messages: { title: '短信告知', demo: '演示环境：短信只在此显示，不会发出', to: '接收号码', content: '内容', hidden: '内容含查询码，不在此显示', at: '生成时间', sent: '已发', waiting: '待发', state: '状态', none: '还没有短信' } },
  en: { messages: { title: 'Short messages', demo: 'Demo: messages are shown here and never sent', to: 'To', content: 'Words', hidden: 'Holds a query code: not shown here', at: 'Made', sent: 'sent', waiting: 'waiting', state: 'State', none: 'No message yet' } },
}
export default words
