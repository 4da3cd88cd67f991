import type { Locale } from '@/locales'

const words: Locale = {
  'zh-CN': {
    handling: {
      title: '承办台', grid: '网格员手机页', part: '承办件', all: '全部', late: '超期{n}', none: '没有待办的承办件', owes: '按待办事项', chooseAll: '全选本页',
      acknowledgeMany: '批量签收（{n}）', more: '更多', before: '{at}前', doneAt: '{at} 已完成', sendBackBy: '可退单至',
      waits: '已申请{what}，热线应于{at}前答复', goOn: '答复前请继续办理', paused: '自{at}起暂停计时',
      because: '派单依据', duty: '职责目录', designated: '指定承办', designatedHint: '经指定承办的工单不得再退', sendBacks: '本工单已申请退单', times: '{n}次',
      replyBy: '反馈时限', firstDate: '（最初{at}）', extensions: '本件已延期', timeHint: '延期按规定的时长申请；提出申请不停止计时，批准后时限才变动。', call: '请拨打诉求人电话',
      steps: '可办步骤', addPhoto: '{taken}照片', photosKept: '已上传{n}张照片', gridUnit: '工单所在网格 {code}',
      entries: '可参考的知识', entriesSearch: '换个说法查知识', entriesNone: '没有查到相关条目', entriesUse: '引用到反馈', validUntil: '有效至{day}',
      tab: { parts: '承办件', letters: '督办单', exclusions: '指标剔除' },
      keys: { next: '下一件', previous: '上一件', check: '选中或取消选中当前件', close: '关闭当前件' },
      bulk: { title: '批量签收', ask: '将签收选中的{n}件，可一并写明经办人。', done: '已签收{done}件，共{n}件', stop: '停止', close: '完成' },
      reply: { title: '反馈 · {number}', text: '反馈内容（诉求人将看到）', blanks: '还有{n}处空白（＿＿）没有填写', checking: '正在质检…', kept: '草稿已保存在本机', templates: '套用模板', keep: '存为模板', name: '模板名称', templateKept: '已存为模板', replace: '套用模板会替换已写的内容，是否继续？' },
      template: {
        solved: '您好！您反映的“[category]”问题，[department]已于[date]派人到[place]核实，情况属实。经＿＿处理，问题已于＿＿解决。如再有类似情况，请联系我单位＿＿（电话＿＿）。感谢您的监督。',
        partly_solved: '您好！您反映的“[category]”问题，[department]已于[date]到[place]核实。目前＿＿部分已处理完毕；其余＿＿因＿＿，计划于＿＿前完成，届时我们会主动与您联系。联系人＿＿，电话＿＿。',
        unsolved: '您好！您反映的“[category]”问题，[department]已于[date]到[place]核实。因＿＿，目前尚未解决。下一步将＿＿，预计＿＿前有进展，我们会主动告知您。联系电话＿＿。',
        not_possible: '您好！您反映的“[category]”问题，[department]于[date]进行了核查。根据《＿＿》第＿＿条，＿＿，因此目前不具备解决条件。您可以通过＿＿途径反映，或联系我单位＿＿（电话＿＿）了解详情。',
        explained: '您好！关于您咨询的“[category]”事项，[department]答复如下：根据《＿＿》，＿＿。办理地点＿＿，咨询电话＿＿，办理时间＿＿。',
      },
      letter: { none: '没有待答复的督办单', answerBy: '书面答复期限', answered: '{at}已答复', owner: '督办人：{name}', deadline: '整改期限：{at}', read: '督办通知书', answer: '书面答复', sent: '答复已送达督办部门' },
      exclusion: { ask: '申请剔除', send: '提交申请', sent: '申请已提交，由第二人审定', hint: '剔除只影响指标统计，不免除办理责任；须写明证据，由他人审定并向社会公示数量。', reason: '剔除事由', evidence: '证据说明', files: '证明材料', none: '没有剔除申请', askedAt: '申请' },
    },
  },
  en: {
    handling: {
      title: 'Department desk', grid: 'Grid workers', part: 'Part', all: 'All', late: '{n} late', none: 'Nothing is owed', owes: 'By what is owed', chooseAll: 'Choose this page',
      acknowledgeMany: 'Acknowledge ({n})', more: 'More', before: 'by {at}', doneAt: 'done {at}', sendBackBy: 'May be sent back until',
      waits: '{what} asked; the hotline answers by {at}', goOn: 'go on meanwhile', paused: 'Clock paused since {at}',
      because: 'Why here', duty: 'Duty row', designated: 'Designated', designatedHint: 'Who is designated may not send back', sendBacks: 'Sent back so far', times: '{n}×',
      replyBy: 'Reply by', firstDate: ' (first {at})', extensions: 'Extended so far', timeHint: 'The length is the policy’s. Asking stops no clock; only what is granted moves a date.', call: 'Call',
      steps: 'Steps', addPhoto: 'Photo {taken}', photosKept: '{n} photos kept', gridUnit: 'Grid {code}',
      entries: 'Knowledge that fits', entriesSearch: 'Ask in other words', entriesNone: 'Nothing found', entriesUse: 'Use in the reply', validUntil: 'valid until {day}',
      tab: { parts: 'Parts', letters: 'Supervision letters', exclusions: 'Exclusions' },
      keys: { next: 'Next', previous: 'Previous', check: 'Choose or drop this one', close: 'Close this one' },
      bulk: { title: 'Acknowledge many', ask: 'Acknowledge {n} parts; a handler may be named.', done: '{done} of {n} acknowledged', stop: 'Stop', close: 'Done' },
      reply: { title: 'Reply · {number}', text: 'Reply (the citizen reads it)', blanks: '{n} blanks (＿＿) are left', checking: 'Checking…', kept: 'Kept in this browser', templates: 'Template', keep: 'Keep as template', name: 'Name of the template', templateKept: 'Kept', replace: 'The template replaces what is written. Go on?' },
      letter: { none: 'No letter to answer', answerBy: 'Answer by', answered: 'answered {at}', owner: 'By {name}', deadline: 'Deadline {at}', read: 'Read the letter', answer: 'Answer in writing', sent: 'Sent' },
      exclusion: { ask: 'Ask to exclude', send: 'Ask', sent: 'Asked; a second person decides', hint: 'Only figures are shown without it; nobody is excused from handling. A second person decides on the evidence.', reason: 'Reason', evidence: 'Evidence', files: 'Files', none: 'Nothing asked', askedAt: 'Asked' },
    },
  },
}
export default words
