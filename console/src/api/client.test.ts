import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'

const asked: Request[] = []
// The client keeps the fetch of when it was made.
vi.stubGlobal('fetch', (request: Request) => {
  asked.push(request)
  return Promise.resolve(new Response('{}', { status: 200, headers: { 'content-type': 'application/json' } }))
})
vi.resetModules()
vi.useFakeTimers({ now: Date.parse('2026-11-28T08:00:00Z'), toFake: ['Date'] })
const { http } = await import('./client')

const isToldUnattended = async (): Promise<boolean> => {
  await http.GET('/api/v1/session', { baseUrl: 'http://localhost' })
  return asked.at(-1)?.headers.get('hotline-unattended') === '1'
}
const later = (seconds: number): void => { vi.setSystemTime(Date.now() + seconds * 1000) }

afterAll(() => { vi.useRealTimers(); vi.unstubAllGlobals() })

describe('what a page asks', () => {
  beforeEach(() => { window.dispatchEvent(new Event('keydown')) })

  it('is a use of the session while somebody is there', async () => {
    later(59)
    expect(await isToldUnattended()).toBe(false)
  })
  it('is told to be none a minute after the last key or pointer', async () => {
    later(61)
    expect(await isToldUnattended()).toBe(true)
    window.dispatchEvent(new Event('pointermove'))
    expect(await isToldUnattended()).toBe(false)
  })
})
