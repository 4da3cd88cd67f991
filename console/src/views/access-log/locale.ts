import type { Locale } from '@/locales'

const words: Locale = {
  'zh-CN': { accessLog: { title: '查阅记录', note: '谁在何时、因何看了谁的信息；只供审计', none: '没有符合条件的查阅', at: '时间', by: '查阅人', what: '查阅内容', second: '第二人', reason: '理由', from: '起', to: '止', when: '查阅日期' } },
  en: { accessLog: { title: 'Access log', note: 'who looked at whose data, when and why; for the audit alone', none: 'No such look', at: 'At', by: 'Who', what: 'What', second: 'Second person', reason: 'Why', from: 'From', to: 'To', when: 'Days' } },
}
export default words
