import type { Locale } from '@/locales'

const words: Locale = {
  'zh-CN': {
    supervision: {
      title: '督办台', note: '催办、督办、提级都不改变时限，也不减少积压',
      tabs: { press: '超期与将红', pingPong: '反复退单', letters: '督办单', deferrals: '挂账复核', exclusions: '剔除审定', limits: '来电人限制' },
      modes: { counted: '已超期', 4: '4小时内将红', 24: '24小时内将红', 72: '72小时内将红', excused: '经批准不计' },
      none: '没有要催办的工单', chance: '变红可能{n}%', noLead: '未派单', whole: '工单全貌', counts: '反复', noPart: '目前没有单位承办，可就工单催办', mayNot: '您的角色不能催办、督办此件',
      nowAt: '现主办', sentBack: '退单', sentBackBelow: '下级{n}次', dispatched: '派单', press: '催办督办', pingPongNote: '申请退单{backs}次以上（含下级单位退回派出单位），或换主办派单{dispatches}次以上的在办工单', noPingPong: '没有反复退单的工单',
      letter: '督办单', level: '级别', everyLevel: '各级', to: '被督办单位', reason: '理由', answerBy: '书面回复期限', answer: '回复', owner: '责任人{name}', deadline: '办结期限{at}', notAnswered: '尚未回复', lateOnly: '只看逾期未回复', noLetters: '没有未终结的督办单', sum: '今日{level}{issued}件，未结{open}，逾期{late}', print: '查看打印', close: '终结', outcome: '结论', opinion: '终结意见', answered: '单位回复：{text}', done: '已办理',
      requests: '待审批的挂账申请', solveBy: '约定解决期限', firstBy: '原反馈时限', reviews: '复核', reviewWaits: '复核待定', reviewLate: '复核已超时', reviewed: '已复核{n}次', reviewNow: '提前复核', decide: '审批', mayNotDecide: '您的角色不能审批，或该项已经办过', waitingOnly: '只看待复核', deferred: '现挂账{n}件；今日复核{opened}次：维持{kept}，延长{extended}，终止{ended}，待定{waiting}', noDeferrals: '没有挂账事项',
      grounds: '剔除事由', evidence: '证据', askedBy: '申请人', wholeTicket: '整件工单', every: '全部',
      exclusion: { note: '剔除不改时限、不免除办理；由申请人以外的人审定，数量对外公示', none: '没有剔除申请', grant: '同意剔除', refuse: '不同意剔除', revoke: '撤销剔除' },
      limit: { note: '限制须由申请人以外的人审批；讲到危险的来电一律放行', caller: '来电人', none: '没有这类限制', asked: '待审批', holding: '限制中', over: '已结束', dossier: '来电人档案', grant: '同意限制', refuse: '不同意限制', lift: '提前解除', calls: '通话{n}次', before: '之前', meanwhile: '其间', seen: { calls: '来电', in_vain: '无效来电', tickets: '工单', emergencies: '紧急' } },
      keys: { remind: '催办', supervise: '督办', escalate: '提级', next: '下一件', last: '上一件' },
    },
  },
  en: {
    supervision: {
      title: 'Supervision desk', note: 'Pressing moves no date and excuses no backlog',
      tabs: { press: 'Overdue and soon red', pingPong: 'Ping-pong', letters: 'Letters', deferrals: 'Deferrals', exclusions: 'Exclusions', limits: 'Caller limits' },
      modes: { counted: 'Overdue', 4: 'Red in 4 h', 24: 'Red in 24 h', 72: 'Red in 72 h', excused: 'Excused' },
      none: 'Nothing to press', chance: '{n}% may turn red', noLead: 'not dispatched', whole: 'Whole ticket', counts: 'Again', noPart: 'No department has it now; the ticket itself may be pressed', mayNot: 'Your role may not press this one',
      nowAt: 'Lead now', sentBack: 'Sent back', sentBackBelow: '{n} below', dispatched: 'Dispatched', press: 'Press', pingPongNote: 'Open tickets sent back {backs} times, to the hotline or to who delegated them, or dispatched {dispatches} times to different leads', noPingPong: 'Nothing goes from hand to hand',
      letter: 'Letter', level: 'Level', everyLevel: 'All', to: 'To', reason: 'Reason', answerBy: 'Answer by', answer: 'Answer', owner: 'owner {name}', deadline: 'to be done by {at}', notAnswered: 'not answered', lateOnly: 'Late only', noLetters: 'No open letter', sum: '{level} today: {issued} issued, {open} open, {late} late', print: 'Read, print', close: 'Close', outcome: 'Outcome', opinion: 'Opinion', answered: 'Answer: {text}', done: 'Done',
      requests: 'Deferrals asked for', solveBy: 'Agreed date', firstBy: 'First date', reviews: 'Reviews', reviewWaits: 'review waits', reviewLate: 'review is late', reviewed: '{n} reviews', reviewNow: 'Review now', decide: 'Decide', mayNotDecide: 'Your role may not decide, or it was decided already', waitingOnly: 'Waiting only', deferred: '{n} deferred; reviews today {opened}: kept {kept}, extended {extended}, ended {ended}, waiting {waiting}', noDeferrals: 'Nothing is deferred',
      grounds: 'Grounds', evidence: 'Evidence', askedBy: 'Asked by', wholeTicket: 'whole ticket', every: 'All',
      exclusion: { note: 'An exclusion moves no date; a second person decides; it is counted in public', none: 'No such request', grant: 'Grant', refuse: 'Refuse', revoke: 'Revoke' },
      limit: { note: 'A second person decides; whoever tells of a danger always passes', caller: 'Caller', none: 'None', asked: 'Asked', holding: 'Holding', over: 'Over', dossier: 'Dossier', grant: 'Grant', refuse: 'Refuse', lift: 'Lift', calls: '{n} calls', before: 'before', meanwhile: 'meanwhile', seen: { calls: 'Calls', in_vain: 'In vain', tickets: 'Tickets', emergencies: 'Emergencies' } },
      keys: { remind: 'Remind', supervise: 'Supervise', escalate: 'Escalate', next: 'Next', last: 'Previous' },
    },
  },
}
export default words
