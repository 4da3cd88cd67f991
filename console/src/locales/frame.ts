/** Words of the frame around every page, and of what all pages share. */
import type { Locale } from '.'

export const frame: Locale = {
  'zh-CN': {
    app: { name: '12345热线服务中枢', menu: '菜单', signOut: '退出登录', dark: '深色', light: '浅色', language: 'English', keys: '快捷键', live: '实时', offline: '已断开，正在重连', skip: '跳到正文', short: '12345热线' },
    group: { work: '工作', watch: '监管', manage: '管理' },
    signIn: { title: '登录', username: '用户名', password: '密码', code: '动态口令或备用码', enter: '登录', hint: '演示账号见数据目录中的 access.json' },
    state: { empty: '暂无内容', loading: '加载中', retry: '重试', more: '加载更多', end: '没有更多了', forbidden: '您的角色无权查看此页', missing: '没有这个页面', home: '回到首页', back: '返回列表', whole: '完整工单页' },
    clock: { left: '还剩{time}', over: '已超{time}', days: '{n}天', hours: '{n}小时', minutes: '{n}分', paused: '暂停计时' },
    step: { confirm: '确定', cancel: '取消', done: '已{action}', choose: '请选择', reason: '请说明理由', stale: '工单刚被他人更新，已重新读取，请核对后再试' },
    keys: { title: '键盘快捷键', help: '显示本帮助', search: '查找工单', close: '关闭', empty: '本页没有专用快捷键', global: '全局' },
    password: { title: '修改密码', first: '这是管理员给的初始密码，请先换成只有您自己知道的密码。', username: '用户名', old: '原密码', new: '新密码', again: '再输入一次新密码', differs: '两次输入的新密码不一致', same: '新密码不能与原密码相同', save: '保存新密码', done: '密码已修改', back: '返回' },
    secret: { copy: '复制', copied: '已复制' },
    find: { placeholder: '工单号或关键词', go: '查找' },
    ticket: { number: '工单号', state: '状态', kind: '类型', urgency: '紧急程度', category: '类别', lead: '主办单位', place: '地点', text: '诉求内容', registered: '登记时间', promised: '承诺期限', due: '下一时限', district: '区县', channel: '渠道', line: '热线号码', urged: '催{n}', returned: '退{n}', reopened: '重办{n}', disputed: '争议' },
    storm: { on: '风暴模式', waits: '暂缓' },
    reply: { clean: '答复质检未发现问题' },
    yes: '是',
    no: '否',
  },
  en: {
    app: { name: '12345 Hotline Hub', menu: 'Menu', signOut: 'Sign out', dark: 'Dark', light: 'Light', language: '中文', keys: 'Shortcuts', live: 'Live', offline: 'Disconnected, reconnecting', skip: 'Skip to content', short: ' 12345' },
    group: { work: 'Work', watch: 'Oversight', manage: 'Manage' },
    signIn: { title: 'Sign in', username: 'User name', password: 'Password', code: 'Code of your authenticator, or a recovery code', enter: 'Sign in', hint: 'Demo accounts are in access.json of the data folder' },
    state: { empty: 'Nothing here', loading: 'Loading', retry: 'Retry', more: 'Load more', end: 'No more', forbidden: 'Your role may not see this page', missing: 'No such page', home: 'Home', back: 'Back to the list', whole: 'Whole ticket' },
    clock: { left: '{time} left', over: '{time} overdue', days: '{n}d', hours: '{n}h', minutes: '{n}m', paused: 'Clock paused' },
    step: { confirm: 'Confirm', cancel: 'Cancel', done: 'Done: {action}', choose: 'Choose', reason: 'Give a reason', stale: 'Somebody just changed this ticket; it was read again, check and retry' },
    keys: { title: 'Keyboard shortcuts', help: 'Show this help', search: 'Find a ticket', close: 'Close', empty: 'No shortcuts of its own', global: 'Everywhere' },
    password: { title: 'Change password', first: 'An administrator made this password: choose one that only you know.', username: 'User name', old: 'Present password', new: 'New password', again: 'New password once more', differs: 'The two new passwords differ', same: 'The new password must be another one', save: 'Save password', done: 'Password changed', back: 'Back' },
    secret: { copy: 'Copy', copied: 'Copied' },
    find: { placeholder: 'Ticket number or words', go: 'Find' },
    ticket: { number: 'Number', state: 'State', kind: 'Kind', urgency: 'Urgency', category: 'Category', lead: 'Lead', place: 'Place', text: 'Request', registered: 'Registered', promised: 'Promised', due: 'Next due', district: 'District', channel: 'Channel', line: 'Line', urged: 'urged {n}', returned: 'returned {n}', reopened: 'reopened {n}', disputed: 'disputed' },
    storm: { on: 'Storm mode', waits: 'put off' },
    reply: { clean: 'The check of replies found nothing' },
    yes: 'yes',
    no: 'no',
  },
}
