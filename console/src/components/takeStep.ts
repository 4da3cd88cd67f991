/** Take a step straight, without a form: the key is kept while the same act is tried again. */
import { ask, http, newKey, type Schemas } from '@/api/client'

export async function takeStep(number: string, version: number, action: string, fields: Record<string, unknown> = {}, key = newKey()): Promise<Schemas['StepAnswer']> {
  return ask(http.POST('/api/v1/tickets/{number}/steps', { params: { path: { number }, header: { 'Idempotency-Key': key } }, body: { action, version, ...fields } as never }))
}
