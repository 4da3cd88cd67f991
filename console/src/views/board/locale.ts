import type { Locale } from '@/locales'

const words: Locale = {
  'zh-CN': {
    board: {
      title: '零积压看板', asOf: '截至{at}', wall: '大屏', open: '在办', acts: '操作', department: '承办单位',
      byDepartment: '各承办单位', byDepartmentNote: '点单位看超期工单', findDepartment: '单位名称', noParts: '没有在办任务',
      net: { name: '净积压', means: '已过现行时限，延期、挂账、暂停都未获批' },
      gross: { name: '毛积压', means: '按最初时限算，任何审批都不扣除' },
      excused: { name: '经批准不计', means: '毛减净：延期、挂账或暂停已获批准，逐件可查' },
      lights: { name: '红黄绿灯', red: '已超时限', amber: '一天内到期', green: '时限内', said: '红{red}，黄{amber}，绿{green}' },
      stuck: { onDesk: '派单台超时', inSendBack: '退单待裁超时', inReview: '审核超时', inFollowUp: '回访超时' },
      red: { title: '将要变红', note: '到期未签发即为红牌', within: '{n}小时内', of: '区间{low}–{high}，到期{due}件', due_only: '到期{due}件', chance: '可能性', due: '反馈时限', none: '这段时间内没有到期的承办件' },
      week: { title: '未来七天', made: '{at}预测，依据{n}天来件', series: '预测对象', expected: '预计来件', band: '八成区间', total: '全市', group: '大类', district: '区县', category: '类别', sum: '七天合计约{n}件（{low}–{high}）', accuracy: '；历次预测平均误差{error}，比按上周同日估计少{by}', capacity: '办理能力', coming: '七天将来', closes: '日均办结', clear: '清完需天', left: '七天后在办' },
      hot: { title: '热点', day: '当日', week: '本周', none: '没有超出平常的来件，也没有成批反映的事项', usual: '平常{expected}，上限{high}', waves: '成批反映', wave: '{callers}人{tickets}件' },
      calls: { title: '此刻来话', note: '今日零时起', offered: '来话', under_way: '通话中', waiting: '排队', abandoned: '放弃', connection: '接通率', soon: '15秒接通率', wait: '平均等待', direct: '直接解答率', seconds: '{n}秒', nobody: '无人签入', queue: '{kind}{n}个，自{since}' },
      map: { title: '区县分布', note: '数字为在办与净积压；点为近一小时新诉求{n}处，位置已模糊，举报不上图。', elsewhere: '另有{n}件地点不详。' },
      league: { title: '三率', note: '只在同类单位内比较，不作全体排名', rank: '名次', score: '综合', few: '不足{n}件', excluded: '剔除{n}，含剔除{value}', weight: '{name}权重{weight}、目标{target}', counted: '统计至{at}' },
      overdue: { title: '超期工单', note: '按最初时限已超过的在办工单，最久的在前', back: '回到看板', all: '全部（毛）', counted: '计入净积压', excused: '经批准不计', of: '全部单位', none: '没有超期工单', since: '超期', counts: '是否计入', why: '理由', past: '{what}已过', although: '虽有{what}', explain: '时限由来' },
      why: { title: '{number}的时限由来', first: '最初承诺', differs: '与存储不一致' },
      keys: { overdue: '超期工单', wall: '打开大屏', reload: '重新读取' },
    },
  },
  en: {
    board: {
      title: 'Zero backlog', asOf: 'as of {at}', wall: 'Wall', open: 'Open', acts: 'Act', department: 'Department',
      byDepartment: 'By department', byDepartmentNote: 'choose one to see its overdue tickets', findDepartment: 'Name', noParts: 'Nothing open',
      net: { name: 'Net backlog', means: 'past the dates as they stand, without an approved extension, deferral or pause' },
      gross: { name: 'Gross backlog', means: 'past the dates as first set; nothing is taken off' },
      excused: { name: 'Excused', means: 'gross less net: approved extension, deferral or pause, each can be looked up' },
      lights: { name: 'Lights', red: 'Overdue', amber: 'Due within a day', green: 'In time', said: '{red} red, {amber} amber, {green} green' },
      stuck: { onDesk: 'Late on the desk', inSendBack: 'Late send-back rulings', inReview: 'Late in review', inFollowUp: 'Late in follow-up' },
      red: { title: 'About to turn red', note: 'red: past its date before sign-off', within: 'within {n} h', of: '{low}–{high}, {due} due', due_only: '{due} due', chance: 'Chance', due: 'Reply due', none: 'Nothing falls due in this span' },
      week: { title: 'Seven days ahead', made: 'made {at} from {n} days', series: 'Series', expected: 'Expected', band: '80% interval', total: 'City', group: 'Group', district: 'District', category: 'Category', sum: 'about {n} in seven days ({low}–{high})', accuracy: '; mean error {error}, {by} less than the same weekday a week before', capacity: 'Capacity', coming: 'Coming', closes: 'Closed a day', clear: 'Days to clear', left: 'Open in a week' },
      hot: { title: 'Hot topics', day: 'Today', week: 'Week', none: 'Nothing above its usual measure, no wave', usual: 'usual {expected}, limit {high}', waves: 'Waves', wave: '{callers} callers, {tickets} tickets' },
      calls: { title: 'Calls now', note: 'since midnight', offered: 'Offered', under_way: 'Talking', waiting: 'Waiting', abandoned: 'Abandoned', connection: 'Answered', soon: 'Within 15 s', wait: 'Mean wait', direct: 'Answered at once', seconds: '{n} s', nobody: 'nobody signed on', queue: '{kind} {n}, since {since}' },
      map: { title: 'By district', note: 'Figures: open and net backlog. Points: {n} places of the last hour, blurred, no tip-offs.', elsewhere: ' {n} more without a known place.' },
      league: { title: 'Three rates', note: 'within a class only, never over all', rank: 'Rank', score: 'Score', few: 'under {n} cases', excluded: '{n} excluded, with them {value}', weight: '{name}: weight {weight}, target {target}', counted: 'counted to {at}' },
      overdue: { title: 'Overdue tickets', note: 'open and past a date as first set, the longest first', back: 'Back to the board', all: 'All (gross)', counted: 'Counted (net)', excused: 'Excused', of: 'All departments', none: 'Nothing is overdue', since: 'Overdue', counts: 'Counted?', why: 'Why', past: 'past: {what}', although: 'in spite of: {what}', explain: 'Dates' },
      why: { title: 'Dates of {number}', first: 'First promised', differs: 'differs from what is stored' },
      keys: { overdue: 'Overdue tickets', wall: 'Open the wall', reload: 'Read anew' },
    },
  },
}
export default words
