/** The one door to the hub: a client typed by its OpenAPI description, and one way to tell what went wrong. */
import createClient from 'openapi-fetch'
import { isUnattended } from './attended'
import type { components, paths } from './schema'

export type Schemas = components['schemas']

/** RFC 9457 as the hub answers it; `detail` is Chinese and says what to do. */
export interface Problem {
  status: number
  code: string
  detail: string
}

export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail)
    this.name = 'ProblemError'
  }
}

let whenSignedOut: () => void = () => undefined
/** Say what happens when the hub no longer knows who we are. */
export function onSignedOut(act: () => void): void {
  whenSignedOut = act
}

export const http = createClient<paths>({ baseUrl: '/', credentials: 'same-origin' })
http.use({
  onRequest({ request }) {
    // What the page asks by itself is no use of the session: a screen left alone is signed out.
    if (isUnattended()) request.headers.set('hotline-unattended', '1')
  },
  onResponse({ request, response }) {
    const isSigningIn = new URL(request.url).pathname === '/api/v1/session'
    if (response.status === 401 && !isSigningIn) whenSignedOut()
  },
  onError() {
    return new ProblemError({ status: 0, code: 'unreachable', detail: '连接不上服务，请检查网络；正在输入的内容会保留' })
  },
})

/** Return what the hub answered; throws ProblemError for everything else. */
export async function ask<T>(answer: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await answer
  if (error !== undefined || !response.ok) throw new ProblemError(problemOf(error, response.status))
  return data as T
}

/** Return any thrown thing as a problem that can be shown. */
export function problemOf(error: unknown, status = 0): Problem {
  if (error instanceof ProblemError) return error.problem
  if (typeof error === 'object' && error !== null && 'detail' in error) return { code: 'unknown', ...error, status } as Problem
  return { status, code: 'unknown', detail: status >= 500 ? '服务出错，请稍后再试' : '出错了，请稍后再试' }
}

/** A fresh idempotency key: keep it while the same act is tried again. */
export const newKey = (): string => crypto.randomUUID()
