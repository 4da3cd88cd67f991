/** Take a step from a form of the desk's own: an unknown outcome is tried again with the same key, a stale ticket is reread. */
import { ElMessage } from 'element-plus'
import { ref, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { ask, http, newKey, problemOf, type Problem, type Schemas } from '@/api/client'
import { saidToWait } from '@/components/waits'
import { useWords } from '@/stores/words'
import type { Ticket } from '../ticket/story'

export interface DeskStep {
  busy: Ref<boolean>
  problem: Ref<Problem | null>
  take: (action: string, fields: Record<string, unknown>) => Promise<boolean>
}

/** `changed` hears of what was done, and of a ticket that somebody else has changed meanwhile (without an answer). */
export function useStep(ticket: () => Ticket, changed: (answer?: Schemas['StepAnswer']) => unknown): DeskStep {
  const { t } = useI18n()
  const words = useWords()
  const busy = ref(false)
  const problem = ref<Problem | null>(null)
  let sent = { body: '', key: '' }

  async function take(action: string, fields: Record<string, unknown>): Promise<boolean> {
    if (busy.value) return false
    const { number, version } = ticket()
    const body = { action, version, ...fields }
    const text = JSON.stringify([number, body])
    if (sent.body !== text) sent = { body: text, key: newKey() }
    busy.value = true
    problem.value = null
    try {
      const answer = await ask(http.POST('/api/v1/tickets/{number}/steps', { params: { path: { number }, header: { 'Idempotency-Key': sent.key } }, body: body as never }))
      if (!saidToWait(answer)) ElMessage.success(`${t('step.done', { action: words.label('action', action) })}：${number}`)
      await changed(answer)
      return true
    } catch (error) {
      problem.value = problemOf(error)
      if (problem.value.code === 'stale_version') {
        ElMessage.warning(t('step.stale'))
        await changed()
      }
      return false
    } finally {
      busy.value = false
    }
  }
  return { busy, problem, take }
}
