import type { Locale } from '@/locales'

const words: Locale = {
  'zh-CN': {
    incidents: {
      title: '突发事件', note: '程序只提示，由人决定', prompts: '是否开启事件', noPrompts: '没有等待决定的成批诉求', list: '事件', onlyOpen: '只看进行中', none: '没有进行中的事件', byHand: '手动开启', back: '全部事件',
      open: '开启事件', dismiss: '不开启', look: '看诉求（{n}）', callers: '{n}人', tickets: '{n}件', span: '{first}起，最近{last}', fitsShort: '可能属于进行中的“{title}”', fits: '可能属于进行中的事件“{title}”（{p}）', join: '并入该事件，不另开启', joinGo: '并入事件', toIncident: '看事件', pile: '{callers}人反映，共{tickets}件，以下为最近的', proposedLead: '拟作主件',
      lead: '主件工单号', name: '事件名称', oneAnswer: '统一口径', oneAnswerHint: '所有来电人都会听到这段话：发生了什么，正在怎么办，何时再告知', expires: '口径有效至', expiresHint: '不填则按规定一天', opened: '事件已开启，已并入{n}件', openedMore: '事件已开启，已并入{n}件，其余数秒内并入', refused: '有{n}件没有并入：{why}',
      over: '已结束', goesOn: '进行中', attached: '已并入{n}件', openedBy: '{by}开启于{at}', reportBy: '下次报告领导', says: '口径：{text}', noAnswer: '尚无统一口径', expired: '统一口径已过期，不再告知任何人',
      version: '第{n}版', change: '更新口径', say: '发布', said: '口径已发布', answeredBy: '{by}发布', holdsUntil: '有效至{at}', tell: '同时短信告知已并入的{n}位诉求人',
      people: '已并入', openedAt: '开启', reports: '报告', reportsOf: '已报{n}次，迟报{late}次', reportLate: '已迟', report: '已向领导报告', reportText: '报告内容', reportNote: '记入主件全程留痕，并开始计算下一次报告时限', close: '结束事件', closing: '群发告知内容', closeNote: '结束后不再并入。填写内容会发给已并入的{n}位诉求人；不填则不群发。', closedAt: '结束',
      candidates: '可能属于此事件', candidatesNote: '开启之前或未识别的', noCandidates: '没有尚未并入的相似诉求', all: '全选', attach: '并入{n}件', attachedNow: '已并入{n}件', surely: '把握{p}',
      handoffs: '紧急转接', handoffsNote: '对方尚未确认', noHandoffs: '没有待确认的转接', offerBy: '振铃', confirmBy: '确认', inCall: '通话中，尚未立单', alarms: '已告警{n}次', threeWay: '三方：{parties}；{agreed}', ringing: '对方振铃', confirm: '对方已接手', note3: '记三方通话', parties: '参加方', agreed: '商定内容',
      clues: '稳定线索', noClues: '没有这类线索', byRule: '程序按规则推送于{at}', byPerson: '{by}推送于{at}', reference: '110编号{number}', acknowledge: '110已确认', withdraw: '撤回线索',
      storm: { isOn: '已进入', isOff: '平常', begin: '进入风暴模式', end: '解除风暴模式', five: '近五分钟来件{n}件，平常{usual}件，满{at}件自动进入', waits: '进入后暂缓：{what}', sinceThen: '至今', peak: '五分钟最多{n}件' },
    },
  },
  en: {
    incidents: {
      title: 'Incidents', note: 'the program asks, a person decides', prompts: 'Open an incident?', noPrompts: 'No pile-up waits', list: 'Incidents', onlyOpen: 'Going on only', none: 'No incident goes on', byHand: 'Open by hand', back: 'All incidents',
      open: 'Open incident', dismiss: 'No incident', look: 'Read them ({n})', callers: '{n} callers', tickets: '{n} tickets', span: 'from {first}, last {last}', fitsShort: 'may belong to “{title}”', fits: 'May belong to “{title}” ({p})', join: 'Attach it there, open none', joinGo: 'Attach', toIncident: 'Incident', pile: '{callers} callers, {tickets} tickets; the newest', proposedLead: 'proposed lead',
      lead: 'Lead ticket', name: 'Name', oneAnswer: 'The one answer', oneAnswerHint: 'What every caller is told: what happened, what is done, when they hear more', expires: 'Holds until', expiresHint: 'one day where empty', opened: 'Opened, {n} attached', openedMore: 'Opened, {n} attached, the others follow', refused: '{n} were not attached: {why}',
      over: 'over', goesOn: 'goes on', attached: '{n} attached', openedBy: 'opened by {by}, {at}', reportBy: 'Next report', says: 'Told: {text}', noAnswer: 'No answer yet', expired: 'The answer has expired and is told to nobody',
      version: 'version {n}', change: 'Change', say: 'Publish', said: 'Published', answeredBy: 'by {by}', holdsUntil: 'holds until {at}', tell: 'Tell the {n} attached callers by message',
      people: 'Attached', openedAt: 'Opened', reports: 'Reports', reportsOf: '{n} made, {late} late', reportLate: 'late', report: 'Leaders were told', reportText: 'What was reported', reportNote: 'Kept on the trail; the next report is counted from now', close: 'Close incident', closing: 'Notice to all', closeNote: 'Nobody is attached after that. What you write is sent to the {n} attached callers; nothing is sent where it is empty.', closedAt: 'Closed',
      candidates: 'May belong to it', candidatesNote: 'came before, or unseen', noCandidates: 'Nothing alike is left', all: 'All', attach: 'Attach {n}', attachedNow: '{n} attached', surely: '{p} sure',
      handoffs: 'Emergency handoffs', handoffsNote: 'not confirmed yet', noHandoffs: 'None waits', offerBy: 'ring', confirmBy: 'confirm', inCall: 'in a call, no ticket yet', alarms: '{n} alarms', threeWay: 'three-way: {parties}; {agreed}', ringing: 'It rings there', confirm: 'They have it', note3: 'Three-way note', parties: 'Parties', agreed: 'What was agreed',
      clues: 'Risk clues', noClues: 'None', byRule: 'pushed by rule, {at}', byPerson: 'pushed by {by}, {at}', reference: '110 number {number}', acknowledge: '110 has it', withdraw: 'Withdraw',
      storm: { isOn: 'on', isOff: 'calm', begin: 'Begin storm mode', end: 'End storm mode', five: '{n} in five minutes, usually {usual}; begins at {at}', waits: 'Put off meanwhile: {what}', sinceThen: 'until now', peak: 'at most {n} in five minutes' },
    },
  },
}
export default words
