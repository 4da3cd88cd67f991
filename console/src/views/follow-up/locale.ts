import type { Locale } from '@/locales'

const words: Locale = {
  'zh-CN': {
    followUp: {
      title: '回访台', call: '回访一位诉求人', callable: '现在可拨{n}位', rung: '回访梯次', anyRung: '全部梯次', none: '没有待回访的诉求人',
      now: '现在可拨', from: '{at}起可拨', over: '次数已满', since: '自{at}', tried: '已试{n}次', merged: '并单', mergedInto: '并入 {number}',
      dial: '显示号码并拨打', attempt: '第{n}次，最多{most}次', dayParts: '回访时段：{parts}', triedAt: '已试：{at}', script: '话术', request: '诉求', reply: '答复', noReply: '没有答复内容',
      why: '哪里还不满意（承办单位据此重办，请勿写姓名电话）', remark: '备注（可不填）', then: '登记后：{what}', send: '登记回访结果', kept: '已登记，工单现为“{state}”',
      keys: { next: '下一位', previous: '上一位', close: '关闭', dial: '显示号码并拨打', content: '已解决且满意', solved: '已解决但不满意', unsolved: '没有解决', missed: '未联系上' },
      figures: '今日回访',
      figure: { waiting: '待人工回访', opened: '今日应回访', openedNote: '待回访{open}，已结束{ended}', answered: '参评率', answeredNote: '参评{answered}，未参评{silent}', solved: '解决率', satisfied: '满意率', staff: '人手（需/有）', people: '{needed} / {staff}' },
    },
  },
  en: {
    followUp: {
      title: 'Follow-up desk', call: 'Call', callable: '{n} may be called now', rung: 'Rung', anyRung: 'Any rung', none: 'Nobody is to be called',
      now: 'call now', from: 'from {at}', over: 'all tries made', since: 'since {at}', tried: 'tried {n}×', merged: 'merged', mergedInto: 'merged into {number}',
      dial: 'Show the number and call', attempt: 'Try {n} of {most}', dayParts: 'Parts of the day: {parts}', triedAt: 'Tried: {at}', script: 'Script', request: 'Request', reply: 'Reply', noReply: 'No reply',
      why: 'What is still wrong (the unit works by it; no names, no numbers)', remark: 'Remark', then: 'Then: {what}', send: 'Keep the answer', kept: 'Kept; the ticket is now “{state}”',
      keys: { next: 'Next', previous: 'Previous', close: 'Close', dial: 'Show the number', content: 'Solved and satisfied', solved: 'Solved, not satisfied', unsolved: 'Not solved', missed: 'Not reached' },
      figures: 'Follow-up today',
      figure: { waiting: 'For a person', opened: 'Opened today', openedNote: '{open} open, {ended} ended', answered: 'Answered', answeredNote: '{answered} answered, {silent} silent', solved: 'Solved', satisfied: 'Satisfied', staff: 'People needed / there', people: '{needed} / {staff}' },
    },
  },
}
export default words
