/** Files go to the hub as they are, with their name in a header; what they are, the hub reads from their first bytes. */
import { ask, http, type Schemas } from '@/api/client'

export const PICTURES = 'image/jpeg,image/png'
export const DOCUMENTS = 'image/jpeg,image/png,application/pdf,audio/mpeg,audio/wav'

const asIs = (file: File) => ({
  params: { header: { 'X-File-Name': encodeURIComponent(file.name).slice(0, 600) } },
  body: file as never,
  bodySerializer: (body: unknown) => body as BodyInit,
  headers: { 'content-type': file.type || 'application/octet-stream' },
})
/** A photo of the work: nothing but the picture is kept. */
export const uploadPhoto = (file: File): Promise<Schemas['Attached']> => ask(http.POST('/api/v1/photos', asIs(file)))
export const uploadFile = (file: File): Promise<Schemas['Attached']> => ask(http.POST('/api/v1/attachments', asIs(file)))
