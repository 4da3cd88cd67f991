import type { Locale } from '@/locales'

const words: Locale = {
  'zh-CN': {
    chats: {
      title: '机器人会话', note: '没听懂、答不上的话由人复核，作为样例供机器人学习；文字已脱敏', utterances: '待复核', figures: '会话指标',
      none: '没有待复核的话', said: '诉求人说的', read: '机器人理解为', sure: '把握', at: '时间', acts: '操作', answered: '当时答：{words}', unanswered: '答不上', teach: '作为样例', taught: '已加入样例', dismiss: '不采用', words: '样例文字（请勿写入姓名、电话）', intent: '意图',
      noFigures: '这段时间没有会话',
      figure: { completion_rate: '完成率', containment_rate: '机器人自办率', takeover_rate: '转人工率', unanswered_rate: '答不上率', turns_to_ticket: '登记所用句数（中位）', conversations: '会话', under_way: '进行中', ended: '已结束', completed: '有结果', contained: '未转人工', taken_over: '请求人工', with_ticket: '登记了工单', emergencies: '紧急转接', turns: '诉求人句数', unanswered: '答不上' },
    },
  },
  en: {
    chats: {
      title: 'Chats', note: 'What the chatbot did not understand is reviewed by people and becomes examples; all words are masked', utterances: 'To review', figures: 'Figures',
      none: 'Nothing to review', said: 'The citizen said', read: 'Read as', sure: 'Sure', at: 'At', acts: 'Do', answered: 'Answered: {words}', unanswered: 'No answer', teach: 'Make an example', taught: 'Added', dismiss: 'Dismiss', words: 'Words (no names, no phones)', intent: 'Intent',
      noFigures: 'No conversations then',
      figure: { completion_rate: 'Completed', containment_rate: 'Contained', takeover_rate: 'Taken over', unanswered_rate: 'Unanswered', turns_to_ticket: 'Turns to a ticket (median)', conversations: 'Conversations', under_way: 'Under way', ended: 'Ended', completed: 'With a result', contained: 'Without an agent', taken_over: 'Asked for an agent', with_ticket: 'With a ticket', emergencies: 'Emergencies', turns: 'Turns of citizens', unanswered: 'Unanswered' },
    },
  },
}
export default words
