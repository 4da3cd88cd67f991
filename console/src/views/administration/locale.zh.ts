export const chinese = {
  all: '全部', refresh: '刷新', reason: '理由',
  users: {
    title: '账号与角色', note: '停用、重置立即生效，对方在各处的登录随即失效', accounts: '账号', changes: '变更记录', create: '新建账号', username: '用户名', role: '角色', department: '所属单位', state: '状态',
    active: '可登录', disabled: '已停用', mustChange: '待改初始密码', seen: '最近登录', made: '建立时间', acts: '操作', reset: '重置密码', setRole: '改角色', secondFactorOff: '停用动态口令', bind: '绑定身份', unbind: '解除绑定', subject: '身份编号（对方登录时页面所示）', disable: '停用', enable: '启用',
    once: '初始密码', onceNote: '请当面或以安全方式交给“{name}”。此密码只显示这一次，本人首次登录后必须修改。', password: '初始密码', copied: '已抄录，关闭',
    createNote: '初始密码由系统生成，只显示一次；本人首次登录后须先改密码。', sure: { disable: '停用后该账号立即退出登录，不能再登录；以后可以重新启用。', enable: '启用后该账号可以用原来的密码登录。', reset_password: '将生成新的初始密码，该账号在各处的登录立即失效。', second_factor_off: '该账号登录时不再要求动态口令，备用码作废，各处的登录立即失效。', bind: '请先核实对方身份；绑定后对方用统一身份认证登录即为该账号。', unbind: '该账号不能再用统一身份认证登录，各处的登录立即失效。' },
    departmentNote: '只有承办单位的账号需要填写', at: '时间', act: '操作', by: '操作人', command: '命令行',
  },
  departments: {
    title: '承办单位与接口', note: '共{n}个单位，{ill}个接口异常或有死信', find: '单位名称、拼音或代码', name: '单位', kind: '性质', parent: '上级', endpoint: '系统接口', breaker: '熔断', waiting: '待投递', dead: '死信', last: '最近送达',
    registered: '已登记接口', none: '未登记', ill: '异常', noneNote: '该单位没有登记系统接口，工单由人在本工作台办理。', host: '主机', verified: '归属验证', unverified: '未验证', until: '{at}前暂停投递', failures: '连续失败{n}次',
    register: '登记接口', move: '更换地址', rotate: '轮换密钥', log: '投递记录（待投递{waiting}，死信{dead}）', hours: '办公时间', weekdays: '周{days}', roster: '值班', onDuty: '在岗', facts: '基本信息', code: '代码', class: '考评分类',
    url: '接口地址', registerNote: '本系统随即向该地址发送验证请求，对方须在十秒内原样答回口令，才登记成功。', rotateNote: '生成两把新密钥；旧密钥在下一次轮换前仍然有效，对方换用期间不会漏收。请填写对方的接口地址，验证通过后生效。',
    other: '登记其他系统', otherName: '其他系统', otherNote: '联动号码（如 110），或 auto_call（自动外呼）', secrets: '接口密钥', secretsNote: '归属已于{at}验证。两把密钥只显示这一次，请交给该单位的系统管理人员。', webhookSecret: '推送签名密钥', callbackSecret: '回调签名密钥',
  },
  deliveries: {
    title: '投递记录', note: '推送给承办单位系统的消息', state: '状态', department: '承办单位', created: '产生时间', type: '类型', ticket: '工单', attempts: '次数', outcome: '结果', at: '{at}送达', next: '{at}再投',
    one: '一次投递', delivered: '送达时间', nextAt: '下次投递', answer: '最后一次失败', id: '消息编号', body: '内容（个人信息已遮蔽）', noBody: '您的角色不能查看内容', replay: '重新投递', replayNote: '以同一消息编号再次发送；对方已经处理过的，不会重复处理。',
  },
  catalogue: {
    title: '派单目录', note: '哪一类事项、在哪里，由谁办，依据是什么', rows: '现行职责', versions: '版本与裁定', diff: '前后差异', trial: '试派', category: '类别', place: '地域', lead: '主办', others: '协办与抄送', assisting: '协办', copy: '抄送', basis: '依据', valid: '有效期', id: '编号与版本',
    everywhere: '全市', open: '长期', ruled: '由工单{number}的会商裁定修订，{at}', anyPart: '主办、协办或抄送单位', today: '今天', on: '查看哪一天', about: '版本{version}，{on}有效',
    version: '版本', duties: '职责数', inForce: '今天有效', from: '最早生效', to: '失效', current: '现行', rulings: '裁定所改', noRulings: '尚无会商裁定修改过目录',
    before: '前一日期', after: '后一日期', differ: '{n}处不同（{before}条与{after}条职责）', same: '两天的职责相同', sort: '变化', fields: '不同之处', added: '新增', removed: '取消', changed: '改变', grassroots: '是否可下沉',
  },
  trial: {
    faults: '检查结果', error: '须改正', alarm: '须知悉', cure: '办法', moreFaults: '另有{n}处', choose: '选择文件', duties: 'duties.csv 的内容', limit: '试派最近多少件', go: '检查并试派', kept: '只做检查，不保存任何内容',
    sound: '检查通过', unsound: '检查未通过', changes: '新增{added}条、取消{removed}条、改变{changed}条', result: '最近{tickets}件工单中，{elsewhere}件会派往别的单位，另有{assisting}件协办单位不同。', unreadable: '{n}件因当时资料不全未能试派。',
    moves: '去向变化', departments: '各单位主办件数', examples: '例子', before: '现在', after: '试派', tickets: '件数', department: '单位', desk: '派单台', ticket: '工单', category: '类别',
  },
  auto: {
    title: '自动派单', note: '按类别签批，随时可以停', onOf: '类别已开通', covered: '自动派出，{tickets}件中{dispatched}件', wrong: '自动派出后改派，{misdirected}件', guarantee: '错派率保证，可信度{confidence}（{rows}条校准样本中派出{dispatched}条，错{wrong}条）', noGuarantee: '在用模型没有保证，全部由人派单',
    state: '自动派单', on: '已开通', off: '已停用', span: '件数为最近30天', category: '类别', bar: '把握线', never: '不自动', tickets: '工单', dispatched: '自动派出', coverage: '占比', misdirected: '后来改派', error: '错派率', switched: '签批',
    switchOn: '开通', switchOff: '停用', onNote: '开通后，把握超过把握线、没有疑点的这一类工单不经人看，直接派给承办单位。', offNote: '停用后，这一类工单都先到派单台，由人核对后派出。',
  },
  rules: {
    title: '时限与日历', note: '每一条注明来源', policies: '时限政策', calendars: '放假安排', inForce: '在用', standby: '备选', urgencies: '紧急程度', kinds: '类型', dispatch: '派单', acknowledge: '签收', contact: '先行联系', reply: '办理', promise: '承诺期限', send_back: '退单', extension: '延期', source: '来源',
    noExtension: '不得延期', extensionOf: '{times}次，每次{each}', marks: '催办与督办', remind: '催办', yellow: '黄牌', ahead: '到期前{time}', afterDue: '到期后{time}', hotline: '热线自己的时限', review: '审核', decide_send_back: '裁决退单', decide_extension: '审批延期', decide_deferral: '审批挂账', review_deferral_every: '挂账复查间隔',
    follow_up: '回访', archive_after: '归档', call_back: '漏接回拨', confirm_handoff: '紧急转接确认', dispute: '会商自', designate: '指定自', nth: '第{n}次起', after: '回访与重办', attempts: '回访次数', dayParts: '回访时段', quiet: '免打扰', unsatisfied: '不满意时', unreachable: '联系不上时',
    on: { reopen: '重新办理', close: '办结', person: '转人工', lead: '退回原主办单位', desk: '退回派单台' }, factor: '首次重办时限为原来的{share}', within: '须在办结后{time}内提出', statutes: '法定期限', law: '依据', applies: '适用', effect: '与政策的关系', tightens: '更早者为准', replaces: '代替政策时限',
    year: '年份', yearState: '状态', holidays: '放假', workdays: '调休上班', check: '检查一年的放假安排', file: 'calendars/年份.toml 的内容', checkGo: '检查', moved: '{due}件承办的期限落在该年或以后，重算{counted}件：{later}件会更晚，{earlier}件会更早。已给出的日期不因此变动。', dates: '会不同的期限', ticket: '工单', lead: '承办单位', was: '现在', becomes: '重算',
  },
  models: {
    title: '理解模型', note: '在用、候选、影子、漂移', card: '在用模型', version: '版本', shipped: '随系统交付', promoted: '由候选启用', guarantee: '保证', promise: '自动派出的错派率不超过{error}，可信度{confidence}', proof: '依据', proofOf: '{rows}条校准样本中可自动派出{dispatched}条，其中错{wrong}条', examples: '可学样本', toAuto: '按类别开通自动派单',
    drift: '漂移', noDrift: '近来的诉求与模型学过的相近', driftOf: '{at}比较，{texts}条诉求', noMeasures: '样本还不够，未作比较', noDriftYet: '尚未比较', shadowTitle: '影子试读', shadowOf: '候选{version}自{since}起与在用的{present}同读新来诉求', read: '同读', same_category: '类别相同', same_kind: '类型相同', same_urgency: '紧急程度相同',
    right: '人已确认{confirmed}条：候选对{candidate}条，在用对{present}条', category: '类别', confirmed: '人已确认', candidateRight: '候选对', presentRight: '在用对', noShadow: '没有候选在试读', register: '候选登记册', noCandidates: '还没有训练过候选模型', inUse: '在用', shadow: '试读中', candidate: '候选', byItself: '可自动派出{share}', learnt: '学自',
    set: '测试集', turns: '启用记录', turnTo: '启用{version}', turnBack: '退回上一个', commands: '更换模型', commandsNote: '在服务器上执行，留有姓名', command: { train: '训练候选', shadow: '让候选试读', promote: '启用候选', rollback: '退回上一个', drift: '立即比较漂移' },
    figure: { cross_validated: '交叉验证', history: '较新的历史', category: '类别', kind: '类型', urgency: '紧急程度', top1: '类别首选', top3: '类别前三', l1: '一级类别', lead: '主办单位', auto: '自动派出', auto_error: '自动派出错误', flags: '危险标记', place: '地点' },
  },
  lines: {
    title: '热线号码', note: '公开电话台账与来话数量', register: '公开台账', figures: '来话数量', announcements: '变更公告', find: '号码、名称、用途或单位', integration: '归并方式', number: '号码', name: '名称', department: '单位', hours: '接听时间', open: '现在', isOpen: '开放', isClosed: '不开放', answeredBy: '现由谁接', answered: '接通', overflow: '溢出至{line}', script: '转接、告知用语',
    noNews: '台账没有变更', holds: '何时起', state_in_force: '{at}起已实施', state_planned: '预告：{at}起', state_overdue: '原定{at}起，台账尚未变更', state_called_off: '已取消', at: '时间', change: '变更', details: '内容', added: '新增', removed: '取消', changed: '改变', span: '时段', today: '今天', lastDays: '最近{n}天', dialled: '按拨打的号码', handling: '按接听的号码', line: '号码', noLine: '未注明号码', offered: '呼入', abandoned: '放弃', unanswered: '未接', waiting: '等待', total: '合计',
    transferred: '转接', fromLine: '从', toLine: '到', reason: '原因', count: '次数', referred: '告知转介', elsewhere: '记录在别处的号码', elsewhereNote: '最近一个月内尚未收到对方编号的可以点开', tickets: '工单', numbered: '已有对方编号', unnumbered: '尚无对方编号',
  },
}
