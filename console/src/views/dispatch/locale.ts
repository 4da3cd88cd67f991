import type { Locale } from '@/locales'

const words: Locale = {
  'zh-CN': {
    desk: {
      title: '派单台', queue: '待派单', decisions: '待裁决', next: '取下一件', auto: '办完自动取下一件', empty: '没有待派的工单', noDecisions: '没有待裁决的申请', drained: '待派的工单都有人在办，暂时没有下一件', nothing: '从左侧选择一件工单，或按 N 取下一件', backToQueue: '返回队列', 
      asks: { send_back: '退单', extension: '延期', deferral: '挂账' },
      held: '{name}正在处理，您只能查看', takeOver: '接手', lost: '占用已被他人接手', freed: '该工单已空出，现由您处理', lock: '{name}在办',
      proposal: '派单建议', noProposal: '目录给不出主办单位，请选择', accept: '按建议派单', send: { dispatch: '派单', reassign: '改派', designate: '指定办理' }, changed: '已改动', reset: '恢复建议', lead: '主办单位', assisting: '协办单位', copied: '抄送', reason: '说明', reasonNeeded: '指定理由（必填）', doubts: '须核对', recused: '须回避', sentBack: '已退单成立', ruled: '会商裁定由{name}主办', mustDesignate: '已派单{n}次：本次须指定，被指定单位不得退单', cannotDispatch: '本件现在不能派单，见下方可办的操作', brief: '派单摘要', briefHint: '承办单位看到的是摘要，看不到原文',
      sides: '退单：双方理由', theirs: '承办单位的理由', ours: '派单的依据', dutyArgument: '职责依据', proposes: '建议改由', upheld: '退单成立', refused: '不予退单', decide: '裁决', decideReason: '裁决理由', before: '此前的退单', askedAt: '{name} 申请于 {at}', sendBackBy: '退单时限', timeAsked: '申请延长时间', plan: '解决计划', until: '约定期限', extra: '延长', grant: '同意', refuse: '不同意',
      dispute: '会商', topic: '会商事项', participants: '参加单位', statements: '各方意见', ruling: '裁定意见', ruleLead: '裁定主办单位', amend: '据此修订派单目录', rule: '裁定', ruleWaits: '正在会商，等待有权裁定的人员处理', noStatements: '各单位尚无书面意见', mergeReason: '同一事项，并单处理', others: '其他操作', 
      keys: { group: '派单台', down: '下一件（队列中）', up: '上一件（队列中）', next: '取下一件', accept: '按建议（或改动）派单', department: '选择主办单位', category: '改正类别', brief: '修改摘要', merge: '并单（对照可能重复）', split: '拆单', decline: '不予受理', answer: '直办', handoff: '紧急转接', uphold: '退单成立', refuse: '不予退单' },
    },
  },
  en: {
    desk: {
      title: 'Dispatch desk', queue: 'To dispatch', decisions: 'To decide', next: 'Take the next', auto: 'Take the next when done', empty: 'Nothing waits', noDecisions: 'Nothing waits for a decision', drained: 'All that waits is in somebody’s hands', nothing: 'Choose a ticket on the left, or press N for the next', backToQueue: 'Back to the queue', 
      asks: { send_back: 'send-back', extension: 'extension', deferral: 'deferral' },
      held: '{name} has it open: you can only look', takeOver: 'Take over', lost: 'Somebody took it over', freed: 'It fell free and is yours now', lock: '{name} has it',
      proposal: 'Proposal', noProposal: 'The catalogue names no lead: choose one', accept: 'Dispatch as proposed', send: { dispatch: 'Dispatch', reassign: 'Reassign', designate: 'Designate' }, changed: 'changed', reset: 'As proposed', lead: 'Lead', assisting: 'Assisting', copied: 'Copied', reason: 'Remark', reasonNeeded: 'Reason of the designation (required)', doubts: 'Check', recused: 'Stands aside', sentBack: 'Send-back upheld', ruled: 'Ruled: {name} leads', mustDesignate: 'Dispatched {n} times: this must be a designation, which cannot be sent back', cannotDispatch: 'It cannot be dispatched now; see the steps below', brief: 'Brief', briefHint: 'Departments see the brief, never the original words',
      sides: 'Send-back: both sides', theirs: 'The department says', ours: 'Dispatched because', dutyArgument: 'By which duty', proposes: 'Proposes', upheld: 'Uphold', refused: 'Refuse', decide: 'Decide', decideReason: 'Reason', before: 'Earlier send-backs', askedAt: '{name}, asked {at}', sendBackBy: 'Send back by', timeAsked: 'Asks for time', plan: 'Plan', until: 'Until', extra: 'Extra', grant: 'Grant', refuse: 'Refuse',
      dispute: 'Dispute', topic: 'About', participants: 'Participants', statements: 'What they say', ruling: 'Ruling', ruleLead: 'Who leads', amend: 'Amend the catalogue', rule: 'Rule', ruleWaits: 'Disputed: waits for whoever may rule', noStatements: 'Nothing in writing yet', mergeReason: 'The same matter', others: 'Other steps', 
      keys: { group: 'Dispatch desk', down: 'Next in the queue', up: 'Previous in the queue', next: 'Take the next', accept: 'Dispatch', department: 'Choose the lead', category: 'Correct the category', brief: 'Edit the brief', merge: 'Merge (compare duplicates)', split: 'Split', decline: 'Decline', answer: 'Answer', handoff: 'Hand off', uphold: 'Uphold the send-back', refuse: 'Refuse the send-back' },
    },
  },
}
export default words
