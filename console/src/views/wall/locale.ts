import type { Locale } from '@/locales'

const words: Locale = {
  'zh-CN': {
    wall: {
      title: '大屏', head: '{city}12345热线运行', full: '全屏', back: '看板', calls: '今日来话{offered}，通话中{under}，排队{waiting}', backlog: '零积压', map: '区县净积压与在办', mapNote: '近一小时新诉求{n}件', day: '今日来件', soFar: '已来{n}件', forecast: '预计全天{n}（{low}–{high}）', noForecast: '尚无预测', came: '已来', expected: '预测',
      topics: '今日热点', noTopics: '没有超出平常的来件', usual: '平常{n}', people: '人反映', incidents: '突发事件', report: '报告', more: '另有{n}起', handoffs: '待确认转接{n}', prompts: '待决定{n}', newest: '最新诉求', newestNote: '已脱敏；保密的和敏感的不显示原话', nothingNew: '近一小时没有新诉求', atLeast: '目标≥{value}', atMost: '目标≤{value}',
    },
  },
  en: {
    wall: {
      title: 'Wall', head: '{city} 12345 hotline', full: 'Full screen', back: 'Board', calls: '{offered} calls today, {under} talking, {waiting} waiting', backlog: 'Zero backlog', map: 'Net backlog and open by district', mapNote: '{n} new in the last hour', day: 'Requests today', soFar: '{n} so far', forecast: '{n} expected ({low}–{high})', noForecast: 'no forecast yet', came: 'came', expected: 'forecast',
      topics: 'Hot today', noTopics: 'Nothing above its usual measure', usual: 'usual {n}', people: 'callers', incidents: 'Incidents', report: 'report', more: '{n} more', handoffs: '{n} handoffs wait', prompts: '{n} to decide', newest: 'Newest', newestNote: 'masked; nothing confidential or delicate', nothingNew: 'Nothing new in the last hour', atLeast: 'target ≥ {value}', atMost: 'target ≤ {value}',
    },
  },
}
export default words
