/** One's own seat: where it stands, what is given to it, and how much was said; told at once over its own WebSocket. */
import { defineStore } from 'pinia'
import { ask, http, problemOf, type Problem, type Schemas } from '@/api/client'

export type SeatStep = Schemas['SeatStep']
interface Stand { state: string | null; interaction: number | null; heard: number }
const SIGNED_OUT = 4401
const LONGEST_WAIT_MS = 10_000

export const useSeat = defineStore('seat', {
  state: () => ({
    seat: null as Schemas['SeatLine'] | null,
    work: [] as Schemas['GivenWork'][],
    known: false,
    connected: false,
    /** Grows with every piece of the transcript of what is in hand. */
    heard: 0,
    problem: null as Problem | null,
    busy: false,
  }),
  getters: {
    state: (store): string | null => store.seat?.state ?? null,
    interaction: (store): number | null => store.seat?.interaction ?? null,
    /** What is in hand, where our seats were given it; what telephony connected itself is no such work. */
    inHand: (store): Schemas['GivenWork'] | null => store.work.find((one) => one.interaction === store.seat?.interaction) ?? null,
  },
  actions: {
    start(): void {
      socket ??= new SeatSocket(this)
    },
    stop(): void {
      socket?.close()
      socket = null
    },
    async reload(): Promise<void> {
      try {
        this.hear(await ask(http.GET('/api/v1/seat')))
        this.problem = null
      } catch (error) {
        this.problem = problemOf(error)
      }
    },
    hear(own: Schemas['OwnSeat']): void {
      this.seat = own.seat
      this.work = own.work
      this.known = true
    },
    step(action: SeatStep['action'], more: Partial<SeatStep> = {}): Promise<boolean> {
      return this.act(() => http.POST('/api/v1/seat/steps', { body: { action, ...more } }))
    },
    take(): Promise<boolean> {
      return this.act(() => http.POST('/api/v1/seat/take',))
    },
    /** Do something that answers where the seat stands then; tells whether it was done. */
    async act(doing: () => Promise<{ data?: Schemas['OwnSeat']; error?: unknown; response: Response }>): Promise<boolean> {
      if (this.busy) return false
      this.busy = true
      try {
        this.hear(await ask(doing()))
        this.problem = null
        return true
      } catch (error) {
        this.problem = problemOf(error)
        return false
      } finally {
        this.busy = false
      }
    },
  },
})

let socket: SeatSocket | null = null

class SeatSocket {
  private socket: WebSocket | null = null
  private wait = 500
  private over = false

  constructor(private readonly store: ReturnType<typeof useSeat>) {
    this.open()
  }

  close(): void {
    this.over = true
    this.socket?.close()
  }

  private open(): void {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
    this.socket = new WebSocket(`${scheme}://${location.host}/api/v1/seat/stream`)
    this.socket.onopen = () => {
      this.store.connected = true
      this.wait = 500
    }
    this.socket.onmessage = (message: MessageEvent<string>) => {
      const stand = JSON.parse(message.data) as Stand
      const isMoved = !this.store.known || stand.state !== this.store.state || stand.interaction !== this.store.interaction
      this.store.heard = stand.heard
      if (isMoved) void this.store.reload()
    }
    this.socket.onclose = (closed) => {
      this.store.connected = false
      if (this.over || closed.code === SIGNED_OUT) return
      setTimeout(() => { if (!this.over) this.open() }, this.wait)
      this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS)
    }
  }
}
