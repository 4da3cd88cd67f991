/** The desk of one agent: the call in hand, the form, what is understood of it, its draft, and the registration. */
import { useDebounceFn, useEventListener, useOnline } from '@vueuse/core'
import { computed, onMounted, onUnmounted, reactive, ref, shallowRef, watch } from 'vue'
import { ask, http, problemOf, type Problem, type Schemas } from '@/api/client'
import { useSeat } from '@/stores/seat'
import { useSession } from '@/stores/session'
import * as drafts from './draft'
import { bodyOf, hasContent, hear, take, type Of, type Register } from './form'

const READ_AFTER_MS = 450
const READ_AT_LEAST_EVERY_MS = 1800
const KEEP_AFTER_MS = 1500
const SHORTEST = 4

export type Desk = ReturnType<typeof useDesk>

/** Return the desk; it lives with its page. */
export function useDesk() {
  const seat = useSeat()
  const me = useSession().who?.username ?? ''
  const draft = reactive(drafts.kept(me) ?? drafts.newDraft())
  const call = shallowRef<Schemas['InteractionPage'] | null>(null)
  const read = shallowRef<Schemas['Understood'] | null>(null)
  const receipt = shallowRef<Schemas['TicketReceipt'] | null>(null)
  const others = shallowRef<drafts.KeptDraft[]>([])
  const [problem, callProblem, readProblem] = [ref<Problem | null>(null), ref<Problem | null>(null), ref<Problem | null>(null)]
  const [busy, reading] = [ref(false), ref(false)]
  const keptAt = ref<string | null>(null)
  const seconds = ref(0)
  const online = useOnline()
  const form = computed(() => draft.form)
  const of = computed((): Of => ({
    interaction: draft.interaction,
    line: call.value?.line,
    channel: call.value?.channel,
    knowsPhone: Boolean(call.value?.caller),
  }))

  // The call in hand: the caller's words go into the form as they come.
  let wanted = 0
  async function look(id: number): Promise<void> {
    wanted = id
    try {
      const page = await ask(http.GET('/api/v1/interactions/{id}', { params: { path: { id: String(id) } } }))
      if (wanted !== id) return
      call.value = page
      callProblem.value = null
      if (draft.interaction === id && !receipt.value) hear(draft.form, page.transcript)
    } catch (error) {
      if (wanted === id) callProblem.value = problemOf(error)
    }
  }
  async function pickUp(id: number): Promise<void> {
    if (draft.interaction === id) return look(id)
    await putAside()
    const before = others.value.find((one) => one.interaction === id)
    start(before ? drafts.opened(before) : drafts.newDraft(id))
    return look(id)
  }
  watch(() => [seat.interaction, seat.heard, seat.state] as const, ([id]) => {
    const last = call.value?.id
    if (id !== null) void pickUp(id)
    else if (last !== undefined && !call.value?.ended_at) void look(last)
  }, { immediate: true })

  // What the words mean, read again as they grow; only the newest reading counts.
  let latest = 0
  const readSoon = useDebounceFn(async () => {
    if (draft.form.text.value.trim().length < SHORTEST) { read.value = null; return }
    const mine = ++latest
    reading.value = true
    try {
      const found = await ask(http.POST('/api/v1/understand', { body: bodyOf(draft.form, of.value) }))
      if (mine !== latest || receipt.value) return
      read.value = found
      readProblem.value = null
      take(draft.form, found)
    } catch (error) {
      if (mine === latest) readProblem.value = problemOf(error)
    } finally {
      if (mine === latest) reading.value = false
    }
  }, READ_AFTER_MS, { maxWait: READ_AT_LEAST_EVERY_MS })
  watch(() => JSON.stringify(bodyOf(draft.form, of.value)), () => { if (!receipt.value) void readSoon() }, { immediate: true })

  // The draft: here at once, at the hub a moment later, again when the line is back.
  let isWritten = true
  let writing: Promise<void> = Promise.resolve()
  async function writeNow(): Promise<void> {
    if (isWritten || receipt.value || !hasContent(draft.form)) return
    isWritten = true
    try {
      const page = await drafts.write(plain(draft))
      if (page.id === draft.id) keptAt.value = page.written_at
    } catch {
      isWritten = false
      keptAt.value = null
    }
  }
  const writeSoon = useDebounceFn(() => (writing = writeNow()), KEEP_AFTER_MS, { maxWait: KEEP_AFTER_MS * 3 })
  watch(draft, () => {
    if (receipt.value) return
    drafts.keep(me, plain(draft))
    isWritten = false
    void writeSoon()
  }, { deep: true })
  watch(online, (is) => { if (is) { void writeSoon(); void readSoon(); void seat.reload(); void drafts.bring(me).then(list, () => undefined) } })
  useEventListener(window, 'pagehide', () => { if (!receipt.value) drafts.keep(me, plain(draft)) })

  /** Begin with another draft. */
  function start(next: drafts.Draft): void {
    receipt.value = read.value = null
    problem.value = keptAt.value = null
    if (call.value?.id !== next.interaction) call.value = null
    delete draft.sent
    Object.assign(draft, next)
  }
  /** Keep what is not registered for later: another call has come. */
  async function putAside(): Promise<void> {
    if (receipt.value || !hasContent(draft.form)) return
    try {
      await drafts.write(plain(draft))
    } catch {
      drafts.putAside(me, plain(draft))
    }
    await list()
  }
  async function list(): Promise<void> {
    try {
      others.value = (await drafts.listed()).filter((one) => one.id !== draft.id)
    } catch {
      // Asked again with the next change of drafts.
    }
  }
  async function goOn(page: drafts.KeptDraft): Promise<void> {
    await putAside()
    start(drafts.opened(page))
    if (draft.interaction) await look(draft.interaction)
    await list()
  }
  async function discard(id: string): Promise<void> {
    await drafts.drop(id).catch(() => undefined)
    if (id === draft.id) clear()
    await list()
  }
  /** Another matter of the same call, or of the next. */
  function clear(): void {
    drafts.forget(me)
    start(drafts.newDraft(seat.interaction))
    // What was said so far is on a ticket already.
    if (call.value) Object.assign(draft.form, { heard: call.value.transcript.length, text: { value: '', mark: 'own' } })
  }

  async function register(more: Partial<Register> = {}): Promise<boolean> {
    if (busy.value || receipt.value || !draft.form.text.value.trim()) return false
    busy.value = true
    problem.value = null
    const body = bodyOf(draft.form, of.value, more)
    const key = drafts.keyFor(draft, JSON.stringify(body))
    try {
      receipt.value = await ask(http.POST('/api/v1/tickets', { params: { header: { 'Idempotency-Key': key } }, body }))
      const since = call.value?.answered_at
      seconds.value = since ? Math.round((useSession().now() - Date.parse(since)) / 1000) : 0
      drafts.forget(me)
      // A draft that is just being written must not outlive its ticket.
      const done = draft.id
      void writing.then(() => drafts.drop(done)).catch(() => undefined)
      return true
    } catch (error) {
      problem.value = problemOf(error)
      return false
    } finally {
      busy.value = false
    }
  }

  const timer = setInterval(() => { if (!isWritten && online.value) void writeSoon() }, KEEP_AFTER_MS * 6)
  onMounted(() => { void list(); if (draft.interaction && seat.interaction === null) void look(draft.interaction) })
  onUnmounted(() => { clearInterval(timer) })
  return { draft, form, call, callProblem, read, readProblem, reading, receipt, others, problem, busy, keptAt, seconds, online, register, clear, goOn, discard, list, look }
}

/** A reactive draft as it is kept. */
const plain = (draft: drafts.Draft): drafts.Draft => JSON.parse(JSON.stringify(draft)) as drafts.Draft
