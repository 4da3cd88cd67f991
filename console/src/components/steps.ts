/** The steps of a ticket as the hub's OpenAPI describes them: which fields each takes, and of what sort they are. */
import described from '@/api/steps.json'

export interface Field {
  type?: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object'
  /** Name of the schema it comes from: a code of the city, or an enum that has labels. */
  sort?: string
  format?: string
  enum?: (string | number)[]
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  default?: unknown
  items?: Field
}
export interface StepFields {
  required: string[]
  fields: Record<string, Field>
}

export const STEPS = described as unknown as Record<string, StepFields>

/** Fields that the console knows by itself: which part is meant, and when it happened, which is now. */
const KNOWN = new Set(['assignment', 'at'])

/** Return the fields that a person fills in, the required ones first. */
export function fieldsOf(action: string): [name: string, field: Field, required: boolean][] {
  const step = STEPS[action]
  if (!step) return []
  return Object.entries(step.fields)
    .filter(([name]) => !KNOWN.has(name))
    .map(([name, field]): [string, Field, boolean] => [name, field, step.required.includes(name)])
    .sort((one, other) => Number(other[2]) - Number(one[2]))
}

/** Tell whether a step names the part that it is about. */
export const namesPart = (action: string): boolean => STEPS[action]?.fields.assignment !== undefined

/** Return what is sent of a field: nothing where it was left empty, so that the hub's own default holds. */
export function filled(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0)),
  )
}

/** Name of the labels of an enum: Kind → kind, AssignmentRole → assignment_role. */
export const labelsOf = (sort: string): string => sort.replace(/(?<!^)([A-Z])/g, '_$1').toLowerCase()
