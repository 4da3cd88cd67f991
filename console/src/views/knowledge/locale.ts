import type { Locale } from '@/locales'

const words: Locale = {
  'zh-CN': {
    knowledge: {
      title: '知识库', note: '只显示已审核、在有效期内的条目', search: '检索', drafts: '待审核', tasks: '待办', entry: '知识条目', create: '新建条目', fromTicket: '由工单答复生成', focus: '检索知识', all: '全部', kind: '种类', ask: '输入诉求人的问题，边输边查',
      begin: '输入两个字以上即开始查找；意思相同的说法也能找到。', found: '找到{n}条', draftAnswer: '拟答复', gap: '查不到，登记缺口', gapKept: '已登记为知识缺口', noAnswer: '没有可以依据的条目，不能拟答复', cites: '依据', until: '有效至{day}', noEnd: '长期有效', close: '关闭',
      version: '第{n}版', hasDraft: '第{n}版待审核', second: '起草人不能审核自己写的版本，须由另一人审核。', validity: '有效期', confirmBy: '须确认有效，不晚于', owner: '责任单位', basis: '依据', keywords: '关键词', source: '来源', reply: '工单{number}的答复', versions: '各版本', written: '{by}起草于{at}', decided: '{by}审定于{at}', wrong: '哪里不对，应当怎样', reason: '理由',
      about: { approve: '发布这一版；此前发布的版本随即被取代，仍可查看。', reject: '退回这一版，请写明哪里要改。', withdraw: '下架后不再被检索和引用。', confirm: '确认内容仍然有效，下一次确认日顺延。', correct: '纠错内容会作为待办交给责任单位，条目本身不会立即改变。' },
      noDrafts: '没有待审核的版本', noTasks: '没有待办', sort: '事由', what: '内容', due: '期限', acts: '操作', asked: '问过{n}次', opened: '{by}提于{at}', write: '编写条目', finish: '办结', outcome: '处理结果',
      submit: '提交审核', submitted: '已提交，等待另一人审核', submitNote: '提交后由另一人审核，通过才对外使用。', reviseTitle: '{code} 的新版本', name: '标题', article: '知识正文', guideName: '办事指南', ticket: '工单号', ticketNote: '取该工单主办单位的答复，个人信息已遮蔽。', body: '正文', perLine: '每行一条', keywordsNote: '用顿号隔开', from: '自哪天起有效', to: '至哪天有效', today: '今天',
      guide: { who: '办理对象', bring: '所需材料', place: '办理地点', hours: '办理时间', days: '办结时限', fee: '收费', online: '网上办理', steps: '办理流程', atOnce: '即办', workdays: '{n}个工作日' },
    },
  },
  en: {
    knowledge: {
      title: 'Knowledge', note: 'Only what is approved and holds today', search: 'Search', drafts: 'To approve', tasks: 'Tasks', entry: 'Entry', create: 'New entry', fromTicket: 'From a ticket’s reply', focus: 'Search knowledge', all: 'All', kind: 'Sort', ask: 'The caller’s question, searched as you type',
      begin: 'Two characters begin the search; words that mean the same are found too.', found: '{n} found', draftAnswer: 'Draft an answer', gap: 'Nothing fits: keep as a gap', gapKept: 'Kept as a gap', noAnswer: 'Nothing to rest an answer on', cites: 'Rests on', until: 'until {day}', noEnd: 'no end', close: 'Close',
      version: 'Version {n}', hasDraft: 'version {n} waits for approval', second: 'Who wrote a version does not approve it.', validity: 'Valid', confirmBy: 'To be confirmed by', owner: 'Owner', basis: 'Rules', keywords: 'Keywords', source: 'Source', reply: 'reply of ticket {number}', versions: 'Versions', written: 'written by {by}, {at}', decided: 'decided by {by}, {at}', wrong: 'What is wrong, and what is right', reason: 'Reason',
      about: { approve: 'Publishes this version; the one before is replaced and stays readable.', reject: 'Sends this version back: say what to change.', withdraw: 'It is no longer found or cited.', confirm: 'It still holds; the next day of confirmation moves.', correct: 'The owner gets it as a task; the entry does not change at once.' },
      noDrafts: 'Nothing waits for approval', noTasks: 'No tasks', sort: 'Task', what: 'Words', due: 'Due', acts: 'Actions', asked: 'asked {n} times', opened: '{by}, {at}', write: 'Write an entry', finish: 'Close', outcome: 'What was done',
      submit: 'Submit', submitted: 'Submitted: another person approves it', submitNote: 'It is used once another person has approved it.', reviseTitle: 'New version of {code}', name: 'Title', article: 'Article', guideName: 'Guide', ticket: 'Ticket', ticketNote: 'Takes the lead’s reply, personal data masked.', body: 'Body', perLine: 'one a line', keywordsNote: 'parted by commas', from: 'Valid from', to: 'Valid until', today: 'today',
      guide: { who: 'Who', bring: 'Bring', place: 'Where', hours: 'When', days: 'Takes', fee: 'Fee', online: 'Online', steps: 'Steps', atOnce: 'at once', workdays: '{n} working days' },
    },
  },
}
export default words
