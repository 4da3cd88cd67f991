import type { Locale } from '@/locales'

const words: Locale = {
  'zh-CN': {
    review: {
      title: '审核台', one: '待审核工单', none: '没有待审核的反馈', noTime: '没有待审批的延期、挂账', noDeferrals: '没有挂账事项', due: '审核时限', more: '更多',
      tab: { replies: '待审核反馈', time: '延期与挂账审批', deferrals: '挂账台账' },
      keys: { next: '下一件', previous: '上一件', close: '关闭当前件', approve: '审核通过', reject: '审核退回', grant: '同意', refuse: '不同意' },
      request: '诉求', brief: '派单摘要', reply: '主办单位反馈', pressed: '催办与重办', others: '协办与二级承办', notContacted: '未先行联系', outstanding: '还有协办或二级承办单位未签发，暂不能通过',
      asked: '申请理由', askedAt: '申请时间', usual: '按规定的延期时长', isReview: '复核', grant: '同意', refuse: '不同意', decideBy: '审批时限', nothingAsked: '该件已没有待审批的申请',
      replyBy: '现反馈时限', firstBy: '最初时限', extensions: '已延期', times: '{n}次', solveBy: '约定解决期限', reviews: '已复核', onlyWaiting: '只看待复核的', decide: '去审批', late: '（已超时）', early: '提前复核', earlyHint: '诉求人提出，或挂账原因已消除时，可不等复核日提前复核。', called: '已转入审批',
    },
  },
  en: {
    review: {
      title: 'Review desk', one: 'Ticket in review', none: 'Nothing waits for review', noTime: 'No request for time waits', noDeferrals: 'Nothing is deferred', due: 'Review by', more: 'More',
      tab: { replies: 'Replies', time: 'Requests for time', deferrals: 'Deferred' },
      keys: { next: 'Next', previous: 'Previous', close: 'Close', approve: 'Approve', reject: 'Reject', grant: 'Grant', refuse: 'Refuse' },
      request: 'Request', brief: 'Brief', reply: 'Reply of the lead', pressed: 'Urged, reopened', others: 'Assisting and delegated', notContacted: 'not contacted', outstanding: 'An assisting or delegated unit has not signed off yet',
      asked: 'What is asked', askedAt: 'Asked at', usual: 'the usual length', isReview: ' (review)', grant: 'Grant', refuse: 'Refuse', decideBy: 'Decide by', nothingAsked: 'Nothing is asked here any more',
      replyBy: 'Reply by', firstBy: 'First date', extensions: 'Extended', times: '{n}×', solveBy: 'Agreed date', reviews: 'Reviews', onlyWaiting: 'Only waiting reviews', decide: 'Decide', late: ' (late)', early: 'Review early', earlyHint: 'Where the citizen asks, or the reason has fallen away, no review date need be waited for.', called: 'Now to be decided',
    },
  },
}
export default words
