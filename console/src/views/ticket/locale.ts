import type { Locale } from '@/locales'

const words: Locale = {
  'zh-CN': {
    story: {
      title: '工单', back: '返回', print: '打印', file: '全程卷宗', fileHint: '全过程档案（ZIP：页面、数据、附件与核验值）', 
      more: '更多操作', noSteps: '您目前没有可办的操作', part: '哪一个承办件', mainSteps: '办理操作',
      matter: '诉求', text: '诉求原文（已脱敏）', brief: '派单摘要', answer: '直办答复', caller: '诉求人', place: '地点', grid: '网格', occurred: '发生时间', channel: '渠道', flags: '标记', deskReason: '待人工原因', copied: '抄送', old: '原平台编号', police: '110警单号', provisional: '暂定', firstPromised: '首次承诺', supervised: '督办', noCaller: '未留联系方式', closed: '办结', hotlineLimit: '热线环节时限',
      reveal: { title: '查看诉求人', reason: '查看理由', note: '谁在何时因何查看会记入查阅记录。', confidential: '此件要求保密：须由第二人复核后才能查看，查看记入查阅记录。', go: '查看', hide: '收起', second: '{name}复核' },
      at: '反映地点', 
      why: '理解与依据', guesses: '类别把握', wordsFor: '支持的词', wordsAgainst: '相反的词', byLine: '所拨号码加重了此类', ground: '属地依据', flagsFound: '命中规则', suspected: '疑似', doubted: '存疑', scope: '受理范围', route: '派单依据', duty: '职责目录', basis: '目录依据', recused: '回避单位', assisting: '协办', examples: '相近的例子', sharedNote: '与本件相同的字词已标出', likeness: '相似 {n}', notes: '此后变化', time: '时间', subject: '对象', accused: '被反映方', amounts: '金额', people: '涉及人数', yuan: '{n}元', detailWords: '细类词', urgencyGround: { rule: '险情规则', cue: '用语', kind: '类型', model: '模型' }, placeSource: { point: '坐标', gazetteer: '地名库', area: '区域名', nothing: '未能确定' },
      parts: '承办与时限', noParts: '尚未派单', designated: '指定办理', own: '本单位', handler: '经办人', signedBy: '签发人', dispatched: '派单', asks: '申请中', decideBy: '裁决时限', notAsStored: '时限与留痕不一致，请核查', paused: '计时暂停，自{at}', because: '为何承办', result: '办理结果', delegatedBy: '由{name}交办', doneAt: '{at}完成', moreOnes: '另有{n}个已结束的承办件',
      replies: '反馈与答复', noReplies: '还没有反馈', findings: '答复质检', returns: '需退回修改', quoted: '依据：',
      files: '照片与附件', noFiles: '没有附件', openFile: '下载{name}', withRequest: '随诉求', size: '{n} KB',
      trail: '全程留痕', whole: '共{n}条，逐条核验无误', broken: '留痕核验不符：{fault}', all: '全部', main: '主要', by: '{role} {name}', hash: '核验值 {hash}', unfold: '另有{n}条',
      related: '相关工单', noRelated: '没有相关工单', mergedInto: '已并入', merged: '并入本件（{n}）', splitFrom: '拆自', splitInto: '拆出', likely: '可能重复', sameCaller: '同一诉求人', samePlace: '同一地点', mergeHere: '并入该件', compare: '对照', alikeness: '词语相近 {n}', thisOne: '本件', thatOne: '对照件', closeCompare: '关闭对照',
      deliveries: '接口投递', noDeliveries: '没有投递记录', attempts: '{n}次', body: '内容', replay: '重新投递', replayed: '已重新投递', lastError: '最近的错误', next: '下次 {at}', bodyHidden: '您的角色看不到内容', sentTo: '投递单位', created: '生成', type: '事项',
      elsewhere: '外部编号与转接', addNumber: '登记外部编号', system: '外部系统', number: '编号', add: '登记', opened: '发起', offered: '已呼叫', confirmed: '已确认', waits: '未确认，须在{at}前确认', outside: '对方单号', noElsewhere: '没有外部编号，也没有转接',
      held: '{name}正在处理', heldOwn: '您正在处理', count: { urge: '催促{n}次', sendBack: '退单{n}次', reopen: '重办{n}次', dispatch: '派单{n}次' }, disputed: '会商中', printHead: '{city}12345政务服务便民热线工单', printedAt: '{name} 打印于 {at}', sign: '承办人签字', signDate: '日期',
    },
  },
  en: {
    story: {
      title: 'Ticket', back: 'Back', print: 'Print', file: 'Whole file', fileHint: 'The whole story as an archive: page, data, files, digests', 
      more: 'More', noSteps: 'There is no step for you now', part: 'Which part', mainSteps: 'Steps',
      matter: 'Request', text: 'In the citizen’s words (masked)', brief: 'Brief', answer: 'Answered at once', caller: 'Caller', place: 'Place', grid: 'Grid', occurred: 'Occurred', channel: 'Channel', flags: 'Flags', deskReason: 'Why a person', copied: 'Copied', old: 'Old platform', police: 'Police order', provisional: 'provisional', firstPromised: 'First promised', supervised: 'Supervised', noCaller: 'No contact left', closed: 'Closed', hotlineLimit: 'Due at the hotline',
      reveal: { title: 'Reveal caller', reason: 'Why you must know', note: 'Who looks, when and why is kept in the access log.', confidential: 'Confidential: a second person must sign first; the look is kept in the access log.', go: 'Reveal', hide: 'Hide', second: 'signed by {name}' },
      at: 'Where it is', 
      why: 'Understanding and why', guesses: 'Category', wordsFor: 'Words for it', wordsAgainst: 'Words against', byLine: 'The dialled line speaks for it', ground: 'Ground by', flagsFound: 'Rules that fired', suspected: 'suspected', doubted: 'doubted', scope: 'Scope', route: 'Why this department', duty: 'Duty row', basis: 'Basis', recused: 'Stands aside', assisting: 'Assisting', examples: 'Near examples', sharedNote: 'what it shares with this one is marked', likeness: 'like {n}', notes: 'Changed since', time: 'Time', subject: 'Subject', accused: 'Accused', amounts: 'Amounts', people: 'People', yuan: '{n} yuan', detailWords: 'Words of the third level', urgencyGround: { rule: 'danger rule', cue: 'wording', kind: 'kind', model: 'model' }, placeSource: { point: 'coordinates', gazetteer: 'gazetteer', area: 'area name', nothing: 'unknown' },
      parts: 'Parts and clocks', noParts: 'Not dispatched yet', designated: 'Designated', own: 'Ours', handler: 'Handler', signedBy: 'Signed by', dispatched: 'Dispatched', asks: 'Asks for', decideBy: 'Decide by', notAsStored: 'Dates differ from the trail', paused: 'Clock paused since {at}', because: 'Why', result: 'Result', delegatedBy: 'Delegated by {name}', doneAt: 'done {at}', moreOnes: '{n} parts that ended',
      replies: 'Replies', noReplies: 'No reply yet', findings: 'Reply check', returns: 'to be returned', quoted: 'On: ',
      files: 'Photos and files', noFiles: 'No files', openFile: 'Download {name}', withRequest: 'With the request', size: '{n} KB',
      trail: 'Trail', whole: '{n} events, every link holds', broken: 'The trail is broken: {fault}', all: 'All', main: 'Main', by: '{role} {name}', hash: 'Hash {hash}', unfold: '{n} more',
      related: 'Related tickets', noRelated: 'None', mergedInto: 'Merged into', merged: 'Merged into this ({n})', splitFrom: 'Split from', splitInto: 'Split into', likely: 'Possible duplicates', sameCaller: 'same caller', samePlace: 'same place', mergeHere: 'Merge into it', compare: 'Compare', alikeness: 'words alike {n}', thisOne: 'This one', thatOne: 'The other', closeCompare: 'Close',
      deliveries: 'Deliveries', noDeliveries: 'None', attempts: '{n} tries', body: 'Body', replay: 'Send again', replayed: 'Sent again', lastError: 'Last error', next: 'next {at}', bodyHidden: 'Your role sees no body', sentTo: 'Sent to', created: 'Made', type: 'About',
      elsewhere: 'Elsewhere', addNumber: 'Add an outside number', system: 'System', number: 'Number', add: 'Add', opened: 'Opened', offered: 'Offered', confirmed: 'Confirmed', waits: 'Not confirmed, due {at}', outside: 'Their number', noElsewhere: 'Neither outside numbers nor handoffs',
      held: '{name} has it open', heldOwn: 'You have it open', count: { urge: 'urged {n}×', sendBack: 'sent back {n}×', reopen: 'reopened {n}×', dispatch: 'dispatched {n}×' }, disputed: 'Disputed', printHead: '{city} 12345 hotline: ticket', printedAt: 'Printed by {name} at {at}', sign: 'Signature', signDate: 'Date',
    },
  },
}
export default words
