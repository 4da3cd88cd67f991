import type { Locale } from '@/locales'

const words: Locale = {
  'zh-CN': {
    countersigns: {
      title: '双人复核', note: '一人不能单独办的事：一人提请，另一人复核', waiting: '待复核', all: '全部', none: '没有待复核的事项', noneAtAll: '还没有提请过双人复核',
      what: '事项', why: '提请理由', by: '提请人', until: '复核时限', state: '复核情况', grant: '同意', refuse: '不同意', own: '本人提请，须由他人复核', notYours: '等待有权复核的人员',
      grantNote: '同意后由提请人重新提交同一操作才会办理；复核人姓名记入流转记录。', refuseNote: '理由会记入流转记录。', reason: '不同意的理由',
      again: '请尽快到工单页重新提交同一操作', decided: '{name}，{at}',
      is: { waiting: '待复核', lapsed: '已过时限', refused: '不同意', granted: '已同意，尚未办理', used: '已同意并办理' },
      line: '等待第二人复核', signed: '第二人已同意，请重新提交', go: '去复核',
    },
  },
  en: {
    countersigns: {
      title: 'Two persons', note: 'what nobody does alone: one asks, another signs', waiting: 'Waiting', all: 'All', none: 'Nothing waits for a second person', noneAtAll: 'Nothing was ever asked for',
      what: 'Deed', why: 'Why', by: 'Asked by', until: 'Sign by', state: 'Where it stands', grant: 'Sign', refuse: 'Refuse', own: 'Yours: somebody else must sign', notYours: 'Waits for whoever may sign',
      grantNote: 'It is done once whoever asked orders it again; your name is kept in the trail.', refuseNote: 'The reason is kept in the trail.', reason: 'Why not',
      again: 'Order it again on the ticket’s page soon', decided: '{name}, {at}',
      is: { waiting: 'waiting', lapsed: 'lapsed', refused: 'refused', granted: 'signed, not done yet', used: 'signed and done' },
      line: 'Waits for a second person', signed: 'A second person has signed: order it again', go: 'See it',
    },
  },
}
export default words
