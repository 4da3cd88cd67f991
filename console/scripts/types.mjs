// What the console knows of the hub's interface, made from its OpenAPI description: types for every address, and the
// fields of every step of a ticket, from which the step dialog draws its form.
import { readFile, writeFile } from 'node:fs/promises'
import openapiTS, { astToString } from 'openapi-typescript'

const [description = '../build/openapi.json'] = process.argv.slice(2)
const api = JSON.parse(await readFile(description, 'utf8'))
await writeFile('src/api/schema.d.ts', astToString(await openapiTS(api, { defaultNonNullable: false })))

const schemas = api.components.schemas
const named = (ref) => ref.split('/').at(-1)
// Codes of the city are chosen from what the hub tells at run time; only which sort of code it is matters here.
const CITY = new Set(['DepartmentCode', 'PartyCode', 'LineNumber', 'CategoryCode', 'SeatGroupCode'])

function plain(schema) {
  if (schema.$ref) {
    const name = named(schema.$ref)
    return CITY.has(name) ? { sort: name } : { sort: name, ...plain(schemas[name]) }
  }
  if (schema.anyOf) {
    const some = schema.anyOf.filter((one) => one.type !== 'null')
    return { ...plain(some[0]), default: schema.default }
  }
  const kept = {}
  for (const key of ['type', 'format', 'enum', 'const', 'maxLength', 'minLength', 'minimum', 'maximum', 'maxItems', 'default', 'sort']) {
    if (schema[key] !== undefined) kept[key] = schema[key]
  }
  if (schema.items) kept.items = plain(schema.items)
  if (schema.properties) kept.properties = Object.fromEntries(Object.entries(schema.properties).map(([k, v]) => [k, plain(v)]))
  return kept
}

const steps = {}
const body = api.paths['/api/v1/tickets/{number}/steps'].post.requestBody.content['application/json'].schema
for (const one of body.oneOf) {
  const fields = schemas[named(one.allOf[0].$ref)]
  const action = one.allOf[2].properties.action.const
  steps[action] = {
    required: fields.required ?? [],
    fields: Object.fromEntries(Object.entries(fields.properties ?? {}).map(([name, schema]) => [name, plain(schema)])),
  }
}
await writeFile('src/api/steps.json', JSON.stringify(steps, null, 1))
