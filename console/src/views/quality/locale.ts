import type { Locale } from '@/locales'

const words: Locale = {
  'zh-CN': {
    quality: {
      title: '质检', note: '每日零时后按计划抽样；本人经办的由他人评分', inspections: '质检件', figures: '得分', all: '全部', state: '状态', of: '对象', subject: '编号', subjectNumber: '工单号或来话编号', rule: '抽样', about: '被检', score: '得分', inspector: '质检员', day: '抽样日', pick: '指定质检', reason: '理由', none: '没有质检件',
      ticket: '工单', appealBy: '申诉期限', appeal: '申诉', decision: '复核', sheet: '评分表', lost: '扣分', vetoes: '一票否决', text: { score: '评语', appeal: '申诉理由（只能申诉一次）', decide: '复核意见' }, span: '时段', from: '开始日期', to: '结束日期', sum: '{since}至{until}：抽取{drawn}件，待评{waiting}件，已评{scored}件',
      noFigures: '这段时间没有质检', agents: '坐席', seat_groups: '席组', departments: '承办单位', name: '名称', drawn: '抽取', waiting: '待评', scored: '已评', vetoed: '否决', appealed: '申诉', changed: '改分', mean: '平均分',
    },
  },
  en: {
    quality: {
      title: 'Quality', note: 'Drawn by plan after midnight; nobody scores their own work', inspections: 'Inspections', figures: 'Scores', all: 'All', state: 'State', of: 'Of', subject: 'Number', subjectNumber: 'Ticket or call number', rule: 'Drawn as', about: 'About', score: 'Score', inspector: 'Inspector', day: 'Day', pick: 'Pick one', reason: 'Reason', none: 'No inspections',
      ticket: 'Ticket', appealBy: 'Appeal by', appeal: 'Appeal', decision: 'Decision', sheet: 'Score sheet', lost: 'Lost', vetoes: 'Vetoes', text: { score: 'Remark', appeal: 'Why you appeal (once)', decide: 'Why you decide so' }, span: 'Span', from: 'From', to: 'To', sum: '{since} to {until}: {drawn} drawn, {waiting} waiting, {scored} scored',
      noFigures: 'Nothing was inspected', agents: 'Agents', seat_groups: 'Seat groups', departments: 'Departments', name: 'Name', drawn: 'Drawn', waiting: 'Waiting', scored: 'Scored', vetoed: 'Vetoed', appealed: 'Appealed', changed: 'Changed', mean: 'Mean',
    },
  },
}
export default words
