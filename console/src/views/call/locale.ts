import type { Locale } from '@/locales'

const words: Locale = {
  'zh-CN': {
    call: {
      title: '接听台', keys: '接听台',
      seat: {
        off: '未签入', signOn: '签入', free: '示闲', away: '离席', signOff: '签出', take: '接听', handOver: '交接班', waiting: '排队{n}', ringing: '振铃中', reconnecting: '坐席连接已断开，正在重连；正在填写的内容已保存在本机', chooseGroups: '请选择要签入的席组', none: '签入席组后，来电和会话会按等待先后分给您',
      },
      caller: { title: '来话', line: '拨打', handling: '转由', number: '号码', unknown: '号码未知', open: '未办结工单', tickets: '历史工单', history: '历次来话', noTickets: '没有工单记录', hidden: '保密举报，内容不显示', limit: '来电人限制', none: '等待来电', noneNote: '可以直接在中间登记窗口、留言等没有来话的诉求', merged: '已并入{number}' },
      talk: { title: '通话文字', waiting: '等待对方说话……', append: '追加新说的内容', more: '您改写后又说了：', ended: '来话已结束', end: '结束来话', outcome: '来话结果', endTitle: '结束来话' },
      chat: { title: '文字会话', emergency: '紧急情况', verified: '手机已验证', tickets: '会话中已登记：', write: '回复诉求人，按回车发送，Shift 加回车换行', send: '发送', giveBack: '转回机器人', by: { citizen: '诉求人', bot: '机器人', agent: '坐席', hub: '系统' } },
      form: {
        title: '登记', text: '诉求内容', category: '事项分类', kind: '诉求类型', urgency: '紧急程度', place: '地点', time: '发生时间', accused: '被举报、投诉方', brief: '派单摘要', lead: '主办单位', because: '依据', assisting: '协办', subject: '被反映对象', name: '姓名', phone: '联系电话', phoneKnown: '沿用来电号码 {phone}', anonymous: '匿名', confidential: '保密', reply: '需要回复', police: '警单号', suggested: '建议', confirmed: '已确认', confirm: '确认', confirmAll: '全部确认', register: '登记', clear: '清空', reading: '正在理解', noReading: '暂时无法理解，不影响登记', desk: '将由派单人员核对：', auto: '确认后可自动派单', other: '其他分类', map: '地图', mapHint: '点击地图选点', searchPlace: '地名、路名、小区', said: '原话：{words}', toldDistrict: '原话提到{district}，请核对是哪里', outside: '所选地点不在本市', amounts: '金额 {n} 元', people: '涉及 {n} 人（户）', more: '更多信息', moreLess: '收起', draftHub: '草稿已保存 {at}', draftLocal: '草稿仅存本机，联网后自动上传', unconfirmed: '有{n}项建议未确认，登记时由系统按原文判断',
      },
      emergency: { title: '紧急情况', read: '请读给来电人', transfer: '一键转接 {number}', manual: '紧急转接', opened: '正在转接 {number}', offer: '振铃时限', confirmBy: '确认时限', seconds: '{n}秒', late: '已超时{n}秒，请电话核实', offered: '对方已振铃', confirm: '对方已接手', confirmed: '{number} 已接手', outside: '对方单号', three: '三方通话', parties: '参加方（用顿号分开）', agreed: '商定内容', save: '保存三方记录', noted: '三方记录已保存', choose: '转接到', needCall: '接起来话后才能转接', stay: '转接未确认前请不要挂断' },
      incident: { title: '可能属于进行中的事件', sure: '把握{p}', answer: '统一口径', noAnswer: '暂无有效的统一口径', join: '并入该事件并登记' },
      knowledge: { title: '知识', none: '没有找到相关知识', search: '检索知识', use: '据此直办', valid: '有效至{day}', always: '长期有效', gap: '登记知识缺口', gapDone: '已登记缺口', answer: '告知来电人的答复', confirm: '直办并登记', cites: '引用{code}', title2: '直接答复', cancel: '取消' },
      receipt: { title: '已登记', answered: '已直办', number: '工单号', code: '查询码', promised: '承诺期限', provisional: '暂定', lead: '主办单位', tell: '告诉来电人', say: '您的诉求已登记，工单号 {number}，查询码 {code}。我们将在{day}前给您答复。', sayPassedOn: '您的情况已转接 {to}，请保持电话畅通，听从对方指引。记录号 {number}，查询码 {code}。', sayAnswered: '您的来电已记录，工单号 {number}，查询码 {code}。', next: '再登记一件', open: '打开工单', seconds: '用时{n}秒', copy: '复制', copied: '已复制' },
      duplicates: { title: '可能重复', mine: '本次登记', likeness: '相似度{p}', sameCaller: '同一来电人', samePlace: '同一地点', merge: '并入此件', merged: '已并入 {number}', reason: '与已有工单为同一事项，登记时核对并入' },
      drafts: { title: '未完成的登记', handed: '交接', open: '继续', drop: '删除', empty: '（没有文字）', dropAsk: '删除这份草稿？' },
      shift: { title: '交接班', to: '交给话务员', group: '交给席组', remark: '交接说明', hand: '交接', done: '已交接：草稿{drafts}份，会话{calls}个', list: '交接记录', accept: '接班', accepted: '{who} 已接班', waiting: '待接班', none: '没有交接记录', note: '全部草稿和已接起的会话一并交接；通话由电话系统继续' },
      key: { take: '接听来话', free: '示闲', away: '离席', end: '结束来话', first: '选第一分类', second: '选第二分类', third: '选第三分类', category: '查找分类', kind: '确认或改类型', urgency: '确认或改紧急程度', place: '地点', text: '诉求内容', name: '姓名', all: '确认全部建议', register: '登记', emergency: '一键转接', incident: '并入事件', answer: '据首条知识直办', append: '追加新说的内容', merge: '并入首个疑似重复', next: '再登记一件', knowledge: '检索知识' },
    },
  },
  en: {
    call: {
      title: 'Calls', keys: 'Calls',
      seat: {
        off: 'Signed off', signOn: 'Sign on', free: 'Free', away: 'Away', signOff: 'Sign off', take: 'Answer', handOver: 'Hand over', waiting: '{n} waiting', ringing: 'Ringing', reconnecting: 'Seat disconnected, reconnecting; what you typed is kept', chooseGroups: 'Choose seat groups', none: 'Sign on to be given calls and chats',
      },
      caller: { title: 'Caller', line: 'Dialled', handling: 'Handled by', number: 'Phone', unknown: 'Unknown number', open: 'Open tickets', tickets: 'Earlier tickets', history: 'Earlier calls', noTickets: 'No tickets', hidden: 'Confidential tip-off', limit: 'Caller limit', none: 'Waiting for a call', noneNote: 'Register walk-ins and letters in the middle', merged: 'merged into {number}' },
      talk: { title: 'Transcript', waiting: 'Waiting for words…', append: 'Append what was said', more: 'Said since you wrote:', ended: 'The call has ended', end: 'End call', outcome: 'Outcome', endTitle: 'End call' },
      chat: { title: 'Chat', emergency: 'Emergency', verified: 'Phone verified', tickets: 'Registered here: ', write: 'Answer the citizen; Enter sends, Shift+Enter is a new line', send: 'Send', giveBack: 'Back to the bot', by: { citizen: 'Citizen', bot: 'Bot', agent: 'Agent', hub: 'Hub' } },
      form: {
        title: 'Register', text: 'Request', category: 'Category', kind: 'Kind', urgency: 'Urgency', place: 'Place', time: 'When', accused: 'Accused', brief: 'Brief', lead: 'Lead', because: 'Because', assisting: 'Assisting', subject: 'About', name: 'Name', phone: 'Phone', phoneKnown: 'as called: {phone}', anonymous: 'Anonymous', confidential: 'Confidential', reply: 'Wants a reply', police: 'Police number', suggested: 'suggested', confirmed: 'confirmed', confirm: 'Confirm', confirmAll: 'Confirm all', register: 'Register', clear: 'Clear', reading: 'Reading', noReading: 'Cannot read now; you can register all the same', desk: 'The desk will look first: ', auto: 'May be dispatched at once', other: 'Another category', map: 'Map', mapHint: 'Click to choose', searchPlace: 'Place or road', said: 'Said: {words}', toldDistrict: '{district} was said: check', outside: 'Outside the city', amounts: '{n} yuan', people: '{n} people', more: 'More', moreLess: 'Less', draftHub: 'Draft saved {at}', draftLocal: 'Draft kept in this browser, sent when online', unconfirmed: '{n} suggestions not confirmed; the hub decides by the words',
      },
      emergency: { title: 'Emergency', read: 'Read to the caller', transfer: 'Transfer to {number}', manual: 'Transfer', opened: 'Transferring to {number}', offer: 'Ring by', confirmBy: 'Confirm by', seconds: '{n}s', late: '{n}s late, check by phone', offered: 'It rings there', confirm: 'They have it', confirmed: '{number} has it', outside: 'Their number', three: 'Three-way call', parties: 'Who was on', agreed: 'Agreed', save: 'Save note', noted: 'Note saved', choose: 'Transfer to', needCall: 'Answer a call first', stay: 'Do not hang up before they confirm' },
      incident: { title: 'Perhaps about an open incident', sure: '{p} sure', answer: 'One answer', noAnswer: 'No valid answer now', join: 'Attach and register' },
      knowledge: { title: 'Knowledge', none: 'Nothing found', search: 'Search', use: 'Answer with it', valid: 'until {day}', always: 'no end', gap: 'Report a gap', gapDone: 'Reported', answer: 'What the caller is told', confirm: 'Answer and register', cites: 'cites {code}', title2: 'Answer', cancel: 'Cancel' },
      receipt: { title: 'Registered', answered: 'Answered', number: 'Number', code: 'Query code', promised: 'Promised', provisional: 'provisional', lead: 'Lead', tell: 'Tell the caller', say: 'Your request is registered under {number}, query code {code}. We answer by {day}.', sayPassedOn: 'You are put through to {to}; keep your line free. Recorded under {number}, query code {code}.', sayAnswered: 'Your call is recorded under {number}, query code {code}.', next: 'Register another', open: 'Open ticket', seconds: '{n}s', copy: 'Copy', copied: 'Copied' },
      duplicates: { title: 'Perhaps the same', mine: 'This one', likeness: '{p} alike', sameCaller: 'same caller', samePlace: 'same place', merge: 'Merge into it', merged: 'Merged into {number}', reason: 'The same matter as an existing ticket, found at registration' },
      drafts: { title: 'Unfinished', handed: 'handed over', open: 'Go on', drop: 'Delete', empty: '(no words)', dropAsk: 'Delete this draft?' },
      shift: { title: 'Change of shift', to: 'To an agent', group: 'To a group', remark: 'Remark', hand: 'Hand over', done: 'Handed over: {drafts} drafts, {calls} conversations', list: 'Changes', accept: 'Take over', accepted: '{who} took over', waiting: 'waiting', none: 'None', note: 'All drafts and conversations go together; calls go on with telephony' },
      key: { take: 'Answer', free: 'Free', away: 'Away', end: 'End call', first: 'First category', second: 'Second category', third: 'Third category', category: 'Find category', kind: 'Confirm or change kind', urgency: 'Confirm or change urgency', place: 'Place', text: 'Request', name: 'Name', all: 'Confirm all', register: 'Register', emergency: 'Transfer', incident: 'Attach to incident', answer: 'Answer with the first entry', append: 'Append what was said', merge: 'Merge into the first', next: 'Register another', knowledge: 'Search knowledge' },
    },
  },
}
export default words
