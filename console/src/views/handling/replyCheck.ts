/** The check of replies while one writes: asked a moment after the last key, only the newest answer counts. */
import { useDebounceFn } from '@vueuse/core'
import { ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { ask, http, problemOf, type Schemas } from '@/api/client'

const AFTER_MS = 450

export interface LiveCheck {
  findings: ShallowRef<Schemas['Finding'][]>
  /** Why there is no check yet, in the hub's words. */
  told: Ref<string>
  checking: Ref<boolean>
  /** What the findings are of. */
  checked: Ref<string>
}

export function useReplyCheck(ticket: () => string, text: () => string, lawBasis: () => string): LiveCheck {
  const findings = shallowRef<Schemas['Finding'][]>([])
  const [told, checking, checked] = [ref(''), ref(false), ref('')]
  let latest = 0

  const check = useDebounceFn(async () => {
    const [mine, written] = [++latest, text()]
    if (!written.trim()) return
    try {
      const answer = await ask(http.POST('/api/v1/replies/check', { body: { ticket: ticket(), text: written, law_basis: lawBasis() } }))
      if (mine === latest) [findings.value, told.value, checked.value] = [answer.findings, '', written]
    } catch (error) {
      if (mine === latest) [findings.value, told.value] = [[], problemOf(error).detail]
    } finally {
      if (mine === latest) checking.value = false
    }
  }, AFTER_MS)
  watch([text, lawBasis], ([written]) => {
    latest += 1
    checking.value = Boolean(written.trim())
    if (!written.trim()) [findings.value, told.value, checked.value] = [[], '', '']
    else void check()
  }, { immediate: true })
  return { findings, told, checking, checked }
}
