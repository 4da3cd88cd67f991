// The chat of /me/chat: what is said goes to the hub once, however often it is sent; what is told comes by a WebSocket that is taken up again.
const KEPT = 'hotline.chat'
const CHATS = '/api/v1/chats'
const LONGEST_WAIT_MS = 10_000
const TRIES = 4
const STANDS = { bot: '', agent: '人工坐席为您服务', ended: '会话已结束' }
const WHO = { citizen: '您', bot: '机器人', agent: '人工坐席', hub: '12345' }
const DIALLED = /(?<!\d)(12356|110|119|120|122)(?!\d)/

const pause = (ms) => new Promise((done) => setTimeout(done, ms))

class Refused extends Error {
  constructor(problem) {
    super(problem.detail ?? '暂时无法发送，请稍后再试')
    this.code = problem.code
    this.status = problem.status
  }
}

class Chat {
  constructor(box) {
    this.box = box
    this.talk = box.querySelector('[data-talk]')
    this.status = box.querySelector('[data-status]')
    this.stand = box.querySelector('[data-stand]')
    this.quick = box.querySelector('[data-quick]')
    this.field = box.querySelector('textarea')
    this.wait = 500
    this.last = 0
    this.sending = 0
    this.state = 'bot'
    this.pending = []
    box.querySelector('[data-say]').addEventListener('submit', (event) => { event.preventDefault(); this.sendTyped() })
    this.field.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
      event.preventDefault()
      this.sendTyped()
    })
    box.querySelector('[data-person]').addEventListener('click', () => this.send('转人工'))
    box.querySelector('[data-end]').addEventListener('click', () => this.end())
    box.querySelector('[data-anew]').addEventListener('click', () => this.anew())
  }

  async open() {
    this.box.hidden = false
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? 'null')
    if (kept === null) return this.greet()
    Object.assign(this, { id: kept.id, token: kept.token })
    try {
      this.hear(await this.ask('GET', `/turns?after=0`))
      if (this.state !== 'ended') this.listen()
    } catch (refused) {
      if (refused.status === 401) return this.anew()
      this.say(refused.message)
      this.listen()
    }
  }

  greet() {
    this.show({ by: 'hub', text: this.box.dataset.welcome })
    this.offer(this.box.dataset.replies.split('|').map((title) => ({ title })))
  }

  anew() {
    this.socket?.close()
    sessionStorage.removeItem(KEPT)
    Object.assign(this, { id: undefined, token: undefined, socket: undefined, last: 0, pending: [], state: 'bot' })
    this.talk.replaceChildren()
    this.tell('bot', null)
    this.greet()
    this.field.focus()
  }

  sendTyped() {
    const text = this.field.value.trim()
    if (!text) return
    this.field.value = ''
    this.send(text)
  }

  // Sent again after a failure it keeps its key: the hub may have it already.
  async send(text, payload, key = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`) {
    const line = this.show({ by: 'citizen', text })
    const message = { text, key, ...(payload ? { payload } : {}) }
    this.offer([])
    this.pending.push(line)
    this.sending += 1
    this.say(this.state === 'bot' ? '正在输入…' : '')
    try {
      await this.begin()
      this.hear(await this.persist(message))
      this.say('')
    } catch (refused) {
      this.pending = this.pending.filter((one) => one !== line)
      // What is over goes on in a new conversation: nobody's words, least of all of danger, are lost to a rule of ours.
      if (refused.code === 'conversation_ended' || refused.status === 401) {
        this.anew()
        this.send(text)
      } else this.fail(line, refused, () => this.send(text, payload, key))
    } finally {
      this.sending -= 1
    }
  }

  // The first words begin the conversation: who only looks at the page is no visitor of the hotline's.
  begin() {
    if (this.id) return Promise.resolve()
    this.beginning ??= this.start().finally(() => { this.beginning = undefined })
    return this.beginning
  }

  async start() {
    const begun = await this.ask('POST', null)
    Object.assign(this, { id: begun.id, token: begun.token, last: begun.turns.at(-1)?.seq ?? 0 })
    sessionStorage.setItem(KEPT, JSON.stringify({ id: begun.id, token: begun.token }))
    this.listen()
  }

  async persist(message) {
    for (let tried = 1; ; tried += 1) {
      try {
        return await this.ask('POST', '/messages', message)
      } catch (refused) {
        if (refused.status && refused.status < 500) throw refused
        if (tried === TRIES) throw refused
        await pause(500 * tried)
      }
    }
  }

  fail(line, refused, send) {
    this.say(refused instanceof Refused ? refused.message : '网络不通，没有发送出去')
    const again = document.createElement('button')
    again.type = 'button'
    again.className = 'plain'
    again.textContent = '重发'
    again.addEventListener('click', () => { line.remove(); send() })
    line.append(again)
  }

  async end() {
    try {
      this.hear(await this.ask('POST', '/end'))
    } catch (refused) {
      this.say(refused.message)
    }
  }

  async ask(method, path, content) {
    const headers = { ...(this.token ? { authorization: `Bearer ${this.token}` } : {}), 'content-type': 'application/json' }
    const body = content === undefined ? undefined : JSON.stringify(content)
    const answer = await fetch(path === null ? CHATS : `${CHATS}/${this.id}${path}`, { method, headers, body })
    const told = await answer.json().catch(() => ({}))
    if (!answer.ok) throw new Refused({ ...told, status: answer.status })
    return told
  }

  listen() {
    if (this.state === 'ended') return
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
    const socket = new WebSocket(`${scheme}://${location.host}${CHATS}/${this.id}/stream?after=${this.last}`, ['hotline.chat', this.token])
    this.socket = socket
    socket.onopen = () => { this.wait = 500; this.box.dataset.connected = 'yes'; if (!this.sending) this.say('') }
    socket.onmessage = (message) => this.hear(JSON.parse(message.data))
    socket.onclose = () => {
      delete this.box.dataset.connected
      if (this.socket !== socket || this.state === 'ended') return
      this.say('连接已断开，正在重新连接…')
      setTimeout(() => { if (this.socket === socket) this.listen() }, this.wait)
      this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS)
    }
  }

  hear(told) {
    for (const turn of told.turns) {
      if (turn.seq <= this.last) continue
      this.last = turn.seq
      const mine = turn.by === 'citizen' ? this.pending.findIndex((line) => line.dataset.text === turn.text) : -1
      if (mine >= 0) this.pending.splice(mine, 1)
      else this.show(turn)
      this.offer(turn.by === 'citizen' ? [] : turn.buttons)
    }
    this.tell(told.state, told.ahead)
  }

  tell(state, ahead) {
    this.state = state
    const words = state === 'waiting' ? (ahead ? `正在转人工，前面还有${ahead}位` : '正在转人工，您是下一位') : STANDS[state]
    if (this.stand.textContent !== words) this.stand.textContent = words
    const ended = state === 'ended'
    this.box.querySelector('[data-say]').hidden = ended
    this.box.querySelector('[data-person]').hidden = state !== 'bot'
    this.box.querySelector('[data-end]').hidden = ended || state === 'agent' || !this.id
    this.box.querySelector('[data-anew]').hidden = !ended
    if (ended) { this.offer([]); this.say(''); this.socket?.close() }
  }

  show({ by, text }) {
    const line = document.createElement('div')
    line.className = `turn ${by}`
    line.dataset.text = text
    const who = document.createElement('b')
    who.textContent = WHO[by]
    const words = document.createElement('p')
    // What the hotline says to dial is dialled by a tap.
    for (const part of by === 'citizen' ? [text] : text.split(DIALLED)) words.append(DIALLED.test(part) && by !== 'citizen' ? this.dial(part) : part)
    line.append(who, words)
    this.talk.append(line)
    this.talk.scrollTop = this.talk.scrollHeight
    return line
  }

  dial(number) {
    const link = document.createElement('a')
    link.href = `tel:${number}`
    link.textContent = number
    return link
  }

  offer(buttons) {
    this.quick.replaceChildren(...buttons.map((one) => {
      const element = document.createElement(one.url ? 'a' : 'button')
      element.textContent = one.title
      element.className = 'quick'
      if (one.url) element.href = one.url.startsWith('/') && !one.url.startsWith('//') ? one.url : '#'
      else {
        element.type = 'button'
        element.addEventListener('click', () => { this.send(one.title, one.payload ?? undefined); this.field.focus() })
      }
      return element
    }))
  }

  say(words) {
    if (this.status.textContent !== words) this.status.textContent = words
  }
}

new Chat(document.querySelector('[data-chat]')).open()
