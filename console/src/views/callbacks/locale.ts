import type { Locale } from '@/locales'

const words: Locale = {
  'zh-CN': {
    callbacks: {
      title: '漏接回拨', note: '按应回拨时间先后；接起分给您的回拨后才显示号码', none: '没有待回拨的来电', id: '来话', line: '拨打号码', group: '席组', missed: '来电时间', by: '应回拨', attempts: '已拨次数',
      mine: '分给我的回拨', take: '接起回拨', dial: '请拨打', reached: '已接通', unreached: '未接通', noPhone: '没有号码', again: '未接通，稍后再拨', over: '已达最多次数，回拨结束', done: '已接通，回拨完成', toDesk: '登记诉求', seat: '签入席组并示闲后，回拨会按先后分给您', times: '{n}次',
    },
  },
  en: {
    callbacks: {
      title: 'Call back', note: 'Nearest due first; the number is shown once you take it', none: 'Nobody to call back', id: 'Call', line: 'Line', group: 'Group', missed: 'Called at', by: 'Due', attempts: 'Tries',
      mine: 'Given to me', take: 'Take', dial: 'Dial', reached: 'Reached', unreached: 'Not reached', noPhone: 'No number', again: 'Not reached, tried again later', over: 'Last try, it is over', done: 'Reached, done', toDesk: 'Register', seat: 'Sign on and be free to be given call-backs', times: '{n}',
    },
  },
}
export default words
