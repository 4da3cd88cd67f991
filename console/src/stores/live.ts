/** Live events over one WebSocket: taken up again where it broke, so that a page asks anew only for what changed. */
import { defineStore } from 'pinia'

export interface LiveEvent {
  cursor: string
  ticket: string | null
  seq: number
  type: string
  at: string
}
type Listener = (event: LiveEvent) => void

const TOO_OLD = 4410
const SIGNED_OUT = 4401
const LONGEST_WAIT_MS = 15_000

export const useLive = defineStore('live', {
  state: () => ({ connected: false, events: 0 }),
  actions: {
    start(): void {
      connection ??= new Connection(this)
    },
    stop(): void {
      connection?.close()
      connection = null
    },
    /** Hear every event; the answer stops it. */
    listen(listener: Listener): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    /** Hear that the thread was lost and lists must be read anew. */
    onGap(listener: () => void): () => void {
      gaps.add(listener)
      return () => gaps.delete(listener)
    },
  },
})

const listeners = new Set<Listener>()
const gaps = new Set<() => void>()
let connection: Connection | null = null

class Connection {
  private socket: WebSocket | null = null
  private cursor = ''
  private wait = 500
  private over = false

  constructor(private readonly store: { connected: boolean; events: number }) {
    this.open()
  }

  close(): void {
    this.over = true
    this.socket?.close()
  }

  private open(): void {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
    const after = this.cursor ? `?after=${encodeURIComponent(this.cursor)}` : ''
    this.socket = new WebSocket(`${scheme}://${location.host}/api/v1/stream${after}`)
    this.socket.onopen = () => {
      this.store.connected = true
      this.wait = 500
    }
    this.socket.onmessage = (message: MessageEvent<string>) => {
      const event = JSON.parse(message.data) as LiveEvent
      this.cursor = event.cursor
      this.store.events += 1
      for (const tell of listeners) tell(event)
    }
    this.socket.onclose = (closed) => {
      this.store.connected = false
      if (this.over || closed.code === SIGNED_OUT) return
      if (closed.code === TOO_OLD) {
        this.cursor = ''
        for (const tell of gaps) tell()
      }
      setTimeout(() => this.over || this.open(), this.wait)
      this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS)
    }
  }
}
