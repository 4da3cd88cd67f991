import type { Locale } from '@/locales'

const words: Locale = {
  'zh-CN': { indicators: { title: '指标', note: '六个维度，按期间、按口径查看', by: '按', of: '维度', counted: '统计至{at}', notCounted: '尚未统计，后台每日计算', none: '这段时间内没有数据', atLeast: '目标不低于{value}', atMost: '目标不高于{value}', excluded: '剔除{n}，含剔除{value}' } },
  en: { indicators: { title: 'Indicators', note: 'six dimensions, by period and by what one likes', by: 'By', of: 'Dimension', counted: 'counted to {at}', notCounted: 'not counted yet', none: 'Nothing in this period', atLeast: 'at least {value}', atMost: 'at most {value}', excluded: '{n} excluded, with them {value}' } },
}
export default words
