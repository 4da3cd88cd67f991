import type { Locale } from '@/locales'

const words: Locale = {
  'zh-CN': {
    reports: {
      title: '报表', note: '日报、周报、月报到期自动编制', reports: '报表', books: '账目', digest: '建议季报', all: '全部', kind: '种类', from: '开始日期', to: '结束日期', days: '日期', format: '格式', ask: '编制', asked: '已交后台编制', askNote: '不选日期，则为上一个整日、整周或整月', none: '还没有报表', state: '进度', by: '谁要的', size: '大小', acts: '操作', span: '{from}至{to}', download: '下载',
      since: '今天零时', now: '此刻', recount: '重新核算', account: '账目', whole: '总数', parts: '各部分', verdict: '是否相平', even: '相平', uneven: '不平', allEven: '{n}本账全部相平', someUneven: '{all}本账中有{n}本不平，请运行 hotline audit 查找原因', gap: '差{n}', more: '全部{n}项', less: '收起',
      quarter: '季度', printDigest: '可打印的季报', publicPage: '公开建议页面', digestSum: '收到建议{received}条，公开{published}条，已答复中采纳{share}', noSuggestions: '本季没有建议', topic: '主题', received: '收到', published: '公开', adopted: '采纳', partly_adopted: '部分采纳', declined: '未采纳', pending: '办理中', unsaid: '未说明',
    },
  },
  en: {
    reports: {
      title: 'Reports', note: 'Daily, weekly and monthly ones are made by themselves', reports: 'Reports', books: 'Books', digest: 'Suggestions', all: 'All', kind: 'Kind', from: 'From', to: 'To', days: 'Days', format: 'Format', ask: 'Make', asked: 'It is being made', askNote: 'Without days: the last whole day, week or month', none: 'No reports yet', state: 'Progress', by: 'Asked by', size: 'Size', acts: 'Actions', span: '{from} to {to}', download: 'Download',
      since: 'Midnight', now: 'Now', recount: 'Count again', account: 'Account', whole: 'Whole', parts: 'Parts', verdict: 'Balanced', even: 'balanced', uneven: 'not balanced', allEven: 'All {n} accounts balance', someUneven: '{n} of {all} accounts do not balance: run hotline audit', gap: '{n} apart', more: 'all {n}', less: 'less',
      quarter: 'Quarter', printDigest: 'Digest to print', publicPage: 'Public page', digestSum: '{received} received, {published} published, {share} of those decided were adopted', noSuggestions: 'No suggestions', topic: 'Topic', received: 'Received', published: 'Published', adopted: 'Adopted', partly_adopted: 'Partly', declined: 'Declined', pending: 'Pending', unsaid: 'Unsaid',
    },
  },
}
export default words
