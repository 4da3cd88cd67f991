/** A draft of a registration: kept in this browser at every change, and at the hub a moment later, so that neither a reload nor a
 * broken line loses a word. */
import { ask, http, newKey, type Schemas } from '@/api/client'
import { newForm, type Form } from './form'

export interface Draft {
  /** Its name at the hub: 32 hexadecimal digits. */
  id: string
  interaction: number | null
  form: Form
  /** What was last sent to be registered under which key: the same again is no second ticket. */
  sent?: { key: string; body: string }
}
export type KeptDraft = Schemas['DraftPage']

const nameOf = (username: string): string => `hotline.call.${username}`
export const newDraft = (interaction: number | null = null): Draft => ({ id: newKey().replaceAll('-', ''), interaction, form: newForm() })

/** Return the draft that this browser keeps, null where there is none or it was written by another program. */
export function kept(username: string, storage: Storage = localStorage): Draft | null {
  try {
    const found = JSON.parse(storage.getItem(nameOf(username)) ?? 'null') as Draft | null
    return found && /^[0-9a-f]{32}$/.test(found.id) ? { ...found, form: whole(found.form) } : null
  } catch {
    return null
  }
}
export function keep(username: string, draft: Draft, storage: Storage = localStorage): void {
  storage.setItem(nameOf(username), JSON.stringify(draft))
}
export const forget = (username: string, storage: Storage = localStorage): void => { storage.removeItem(nameOf(username)) }

/** Put one aside that the hub could not be told of, so that another may begin. */
export function putAside(username: string, draft: Draft, storage: Storage = localStorage): void {
  storage.setItem(`${nameOf(username)}.aside`, JSON.stringify([...aside(username, storage).filter((one) => one.id !== draft.id), draft]))
}
export function aside(username: string, storage: Storage = localStorage): Draft[] {
  return JSON.parse(storage.getItem(`${nameOf(username)}.aside`) ?? '[]') as Draft[]
}
/** Tell the hub of what was put aside; what it still cannot be told of stays. */
export async function bring(username: string, telling: (draft: Draft) => Promise<unknown> = write, storage: Storage = localStorage): Promise<void> {
  for (const draft of aside(username, storage)) {
    await telling(draft)
    storage.setItem(`${nameOf(username)}.aside`, JSON.stringify(aside(username, storage).filter((one) => one.id !== draft.id)))
  }
}

/** A form with every field, whatever an older page or another desk has kept of it. */
function whole(form: unknown): Form {
  const fresh = newForm()
  const known = Object.entries((form ?? {}) as Partial<Form>).filter(([name, value]) => typeof value === typeof fresh[name as keyof Form])
  return { ...fresh, ...Object.fromEntries(known) }
}

/** Return what the hub keeps as a draft to go on with; one that another program wrote has at least its text. */
export function opened(page: KeptDraft): Draft {
  const fields = page.fields as Record<string, unknown>
  const form = whole(fields.form)
  if (!fields.form && typeof fields.text === 'string') form.text = { value: fields.text, mark: 'own' }
  return { id: page.id, interaction: page.interaction, form }
}
/** The first words of a draft, to tell it from others. */
export const told = (page: KeptDraft): string => opened(page).form.text.value.slice(0, 60)

/** The key to send a body under: the same while the same body is tried again. */
export function keyFor(draft: Draft, body: string): string {
  if (draft.sent?.body !== body) draft.sent = { key: newKey(), body }
  return draft.sent.key
}

export const write = (draft: Draft): Promise<KeptDraft> =>
  ask(http.PUT('/api/v1/drafts/{draft}', {
    params: { path: { draft: draft.id } },
    body: { fields: { form: draft.form } as never, ...(draft.interaction ? { interaction: draft.interaction } : {}) },
  }))
export const drop = (id: string): Promise<unknown> => ask(http.DELETE('/api/v1/drafts/{draft}', { params: { path: { draft: id } } }))
export const listed = async (): Promise<KeptDraft[]> => (await ask(http.GET('/api/v1/drafts', { params: { query: { limit: 50 } } }))).drafts
