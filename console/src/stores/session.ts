/** Who is signed in, what they may call, and what time it is in the hub (a demo's clock may run fast). */
import { defineStore } from 'pinia'
import { ask, http, ProblemError, type Schemas } from '@/api/client'

export const useSession = defineStore('session', {
  state: () => ({
    who: null as Schemas['SignedIn'] | null,
    known: false,
    hubNow: 0,
    heardAt: 0,
    speed: 1,
  }),
  getters: {
    may: (state) => {
      const allowed = new Set(state.who?.may ?? [])
      return (address: string): boolean => allowed.has(address)
    },
  },
  actions: {
    hear(who: Schemas['SignedIn']): void {
      this.who = who
      this.hubNow = Date.parse(who.now)
      this.heardAt = Date.now()
      this.speed = who.clock_speed
    },
    /** The hub's time in milliseconds. */
    now(): number {
      return this.hubNow ? this.hubNow + (Date.now() - this.heardAt) * this.speed : Date.now()
    },
    async restore(): Promise<void> {
      try {
        this.hear(await ask(http.GET('/api/v1/session')))
      } catch (error) {
        if (!(error instanceof ProblemError) || error.problem.status !== 401) throw error
        this.who = null
      } finally {
        this.known = true
      }
    },
    async signIn(username: string, password: string, code?: string): Promise<void> {
      await ask(http.POST('/api/v1/session', { body: { username, password, ...(code ? { code } : {}) } }))
      await this.restore()
    },
    async changePassword(old: string, fresh: string): Promise<void> {
      await ask(http.PUT('/api/v1/session/password', { body: { old, new: fresh } }))
      await this.restore()
    },
    async signOut(): Promise<void> {
      await ask(http.DELETE('/api/v1/session'))
      this.who = null
    },
  },
})
