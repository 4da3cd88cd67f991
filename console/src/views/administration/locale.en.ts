export const english = {
  all: 'All', refresh: 'Refresh', reason: 'Reason',
  users: {
    title: 'Accounts and roles', note: 'Disabling and resetting sign the account out everywhere at once', accounts: 'Accounts', changes: 'Changes', create: 'New account', username: 'User name', role: 'Role', department: 'Department', state: 'State',
    active: 'May sign in', disabled: 'Disabled', mustChange: 'First password', seen: 'Last signed in', made: 'Made', acts: 'Actions', reset: 'Reset password', setRole: 'Set role', secondFactorOff: 'Take second factor away', disable: 'Disable', enable: 'Enable',
    once: 'First password', onceNote: 'Hand it to “{name}” in person or by a safe way. It is shown this once and must be changed at the first sign-in.', password: 'First password', copied: 'Noted, close',
    createNote: 'The first password is made up by the hub and shown once; its owner must change it first.', sure: { disable: 'The account is signed out at once and cannot sign in until it is enabled again.', enable: 'The account can sign in with its old password again.', reset_password: 'A new first password is made up; the account is signed out everywhere.', second_factor_off: 'No code is asked for at sign-in any more, recovery codes end, and the account is signed out everywhere.' },
    departmentNote: 'Only for accounts of a department', at: 'Time', act: 'Act', by: 'By', command: 'command line',
  },
  departments: {
    title: 'Departments and endpoints', note: '{n} departments, {ill} with a failing system or dead letters', find: 'Name, pinyin or code', name: 'Department', kind: 'Kind', parent: 'Under', endpoint: 'System', breaker: 'Breaker', waiting: 'Waiting', dead: 'Dead', last: 'Last delivered',
    registered: 'Registered', none: 'None', ill: 'Failing', noneNote: 'No system is registered: people work its tickets in this console.', host: 'Host', verified: 'Verified', unverified: 'not verified', until: 'nothing is sent until {at}', failures: 'failed {n} times in a row',
    register: 'Register', move: 'Change address', rotate: 'Rotate secrets', log: 'Deliveries ({waiting} waiting, {dead} dead)', hours: 'Office hours', weekdays: 'Days {days}', roster: 'On duty', onDuty: 'now', facts: 'Facts', code: 'Code', class: 'Class',
    url: 'Address', registerNote: 'The hub sends a challenge to this address; it must answer with the same words within ten seconds.', rotateNote: 'Two new secrets are made; the old ones hold until the next rotation, so that nothing is lost. Give the address: it is verified first.',
    other: 'Other system', otherName: 'other system', otherNote: 'A linked number (such as 110), or auto_call (automatic calls)', secrets: 'Secrets', secretsNote: 'Verified at {at}. The two secrets are shown this once: hand them to whoever runs the system.', webhookSecret: 'Webhook secret', callbackSecret: 'Callback secret',
  },
  deliveries: {
    title: 'Deliveries', note: 'What was sent to departments’ systems', state: 'State', department: 'Department', created: 'Made', type: 'Type', ticket: 'Ticket', attempts: 'Tries', outcome: 'Outcome', at: 'delivered {at}', next: 'again {at}',
    one: 'Delivery', delivered: 'Delivered', nextAt: 'Next try', answer: 'Last failure', id: 'Message id', body: 'Body (personal data masked)', noBody: 'Your role may not see the body', replay: 'Send again', replayNote: 'It is sent under the same message id: what was handled already is not handled twice.',
  },
  catalogue: {
    title: 'Duty catalogue', note: 'Which matter, where, goes to whom, and why', rows: 'In force', versions: 'Versions and rulings', diff: 'Differences', trial: 'Dry run', category: 'Category', place: 'Place', lead: 'Lead', others: 'Assisting, copied', assisting: 'Assisting', copy: 'Copy', basis: 'Ground', valid: 'Valid', id: 'Id, version',
    everywhere: 'Everywhere', open: 'open', ruled: 'by the ruling of ticket {number}, {at}', anyPart: 'Any department', today: 'Today', on: 'Day', about: 'version {version}, as of {on}',
    version: 'Version', duties: 'Duties', inForce: 'In force today', from: 'From', to: 'To', current: 'current', rulings: 'Changed by rulings', noRulings: 'No ruling has changed the catalogue',
    before: 'Before', after: 'After', differ: '{n} differences ({before} and {after} duties)', same: 'Both days have the same duties', sort: 'Change', fields: 'What differs', added: 'added', removed: 'removed', changed: 'changed', grassroots: 'may go to the grassroots',
  },
  trial: {
    faults: 'Findings', error: 'Error', alarm: 'Alarm', cure: 'Cure', moreFaults: '{n} more', choose: 'Choose a file', duties: 'Content of duties.csv', limit: 'Newest tickets to route', go: 'Check and route', kept: 'Nothing is kept',
    sound: 'Sound', unsound: 'Not sound', changes: '{added} added, {removed} removed, {changed} changed', result: 'Of the newest {tickets} tickets {elsewhere} would go elsewhere; {assisting} more would have other assisting units.', unreadable: '{n} could not be routed again.',
    moves: 'Moves', departments: 'Led by department', examples: 'Examples', before: 'Now', after: 'Then', tickets: 'Tickets', department: 'Department', desk: 'Dispatch desk', ticket: 'Ticket', category: 'Category',
  },
  auto: {
    title: 'Automatic dispatch', note: 'Signed off by category, to be stopped at any time', onOf: 'categories are on', covered: 'went out by themselves: {dispatched} of {tickets}', wrong: 'went elsewhere after: {misdirected}', guarantee: 'guaranteed error, with {confidence} confidence ({wrong} wrong of {dispatched} sent of {rows})', noGuarantee: 'The model in use promises nothing: people dispatch everything',
    state: 'Automatic', on: 'On', off: 'Off', span: 'Counts of the last 30 days', category: 'Category', bar: 'Bar', never: 'never', tickets: 'Tickets', dispatched: 'By itself', coverage: 'Share', misdirected: 'Went elsewhere', error: 'Error', switched: 'Signed off',
    switchOn: 'Switch on', switchOff: 'Switch off', onNote: 'Tickets of this category that are sure enough and raise no doubt go out without a person’s look.', offNote: 'Every ticket of this category comes to the dispatch desk first.',
  },
  rules: {
    title: 'Limits and calendars', note: 'Each with its source', policies: 'Policies', calendars: 'Holidays', inForce: 'in force', standby: 'alternative', urgencies: 'Urgency', kinds: 'Kind', dispatch: 'Dispatch', acknowledge: 'Acknowledge', contact: 'Contact', reply: 'Reply', promise: 'Promise', send_back: 'Send back', extension: 'Extension', source: 'Source',
    noExtension: 'none', extensionOf: '{times}×, each {each}', marks: 'Reminders', remind: 'Remind', yellow: 'Yellow card', ahead: '{time} before', afterDue: '{time} after', hotline: 'The hotline’s own', review: 'Review', decide_send_back: 'Decide send-back', decide_extension: 'Decide extension', decide_deferral: 'Decide deferral', review_deferral_every: 'Review deferrals every',
    follow_up: 'Follow up', archive_after: 'Archive after', call_back: 'Call back', confirm_handoff: 'Confirm handoff', dispute: 'Dispute at', designate: 'Designate at', nth: 'number {n}', after: 'Follow-up and reopening', attempts: 'Attempts', dayParts: 'Day parts', quiet: 'Quiet', unsatisfied: 'Unsatisfied', unreachable: 'Not reached',
    on: { reopen: 'reopen', close: 'close', person: 'a person', lead: 'back to the lead', desk: 'back to the desk' }, factor: 'first time {share} of the limit', within: 'within {time} of closing', statutes: 'Clocks of the law', law: 'Law', applies: 'Applies to', effect: 'Effect', tightens: 'where earlier', replaces: 'replaces the policy',
    year: 'Year', yearState: 'State', holidays: 'Holidays', workdays: 'Make-up workdays', check: 'Check a year', file: 'Content of calendars/YEAR.toml', checkGo: 'Check', moved: '{due} parts are due in that year or later, {counted} counted again: {later} later, {earlier} earlier. Given dates do not move.', dates: 'Dates that differ', ticket: 'Ticket', lead: 'Department', was: 'Now', becomes: 'Again',
  },
  models: {
    title: 'Models', note: 'In use, candidates, shadow, drift', card: 'In use', version: 'Version', shipped: 'shipped', promoted: 'promoted', guarantee: 'Guarantee', promise: 'at most {error} of what goes out by itself is wrong, with {confidence} confidence', proof: 'Proof', proofOf: '{dispatched} of {rows} calibration rows may go out, {wrong} of them wrong', examples: 'Examples', toAuto: 'Automatic dispatch by category',
    drift: 'Drift', noDrift: 'Recent requests are like what the model learnt from', driftOf: 'compared at {at}, {texts} requests', noMeasures: 'Too little to compare', noDriftYet: 'Not compared yet', shadowTitle: 'Shadow', shadowOf: '{version} reads along with {present} since {since}', read: 'Read', same_category: 'Same category', same_kind: 'Same kind', same_urgency: 'Same urgency',
    right: 'of {confirmed} confirmed by people the candidate had {candidate} right, the present {present}', category: 'Category', confirmed: 'Confirmed', candidateRight: 'Candidate right', presentRight: 'Present right', noShadow: 'No candidate reads along', register: 'Register', noCandidates: 'No candidate has been trained', inUse: 'in use', shadow: 'shadow', candidate: 'candidate', byItself: '{share} may go by itself', learnt: 'Learnt from',
    set: 'Set', turns: 'Promotions', turnTo: 'promoted {version}', turnBack: 'rolled back', commands: 'Changing the model', commandsNote: 'on the server, under a name', command: { train: 'Train a candidate', shadow: 'Let it read along', promote: 'Promote', rollback: 'Roll back', drift: 'Compare drift now' },
    figure: { cross_validated: 'Cross-validation', history: 'Newer history', category: 'Category', kind: 'Kind', urgency: 'Urgency', top1: 'First guess', top3: 'Top 3', l1: 'First level', lead: 'Lead', auto: 'By itself', auto_error: 'Wrong by itself', flags: 'Flags', place: 'Place' },
  },
  lines: {
    title: 'Lines', note: 'Public register and calls', register: 'Register', figures: 'Calls', announcements: 'Announcements', find: 'Number, name, purpose, department', integration: 'Integration', number: 'Number', name: 'Name', department: 'Department', hours: 'Hours', open: 'Now', isOpen: 'open', isClosed: 'closed', answeredBy: 'Answered by', answered: 'Answered', overflow: 'overflows to {line}', script: 'Script',
    noNews: 'The register has not changed', holds: 'Holds from', state_in_force: 'in force from {at}', state_planned: 'planned from {at}', state_overdue: 'due from {at}, the register is unchanged', state_called_off: 'called off', at: 'Time', change: 'Change', details: 'Details', added: 'added', removed: 'removed', changed: 'changed', span: 'Span', today: 'Today', lastDays: 'Last {n} days', dialled: 'By line dialled', handling: 'By line answering', line: 'Line', noLine: 'no line', offered: 'Offered', abandoned: 'Abandoned', unanswered: 'Unanswered', waiting: 'Waiting', total: 'Total',
    transferred: 'Transfers', fromLine: 'From', toLine: 'To', reason: 'Reason', count: 'Count', referred: 'Referrals', elsewhere: 'Records kept elsewhere', elsewhereNote: 'Open those of the last month without a number there', tickets: 'Tickets', numbered: 'With number', unnumbered: 'Without number',
  },
}
