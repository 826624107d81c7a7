/** The settings as a JSON Schema (draft 2020-12), for editors that complete and check while one writes. */

import type { Form, JsonSchema } from './forms.js'
import { schema, type AnySchema } from './schema.js'

/** What may stand in a configuration. Editors know less than the program, and refuse no more. */
export function jsonSchema(): JsonSchema {
  const sections = Object.entries(schema as unknown as AnySchema).map(([section, keys]) => {
    const properties = Object.entries(keys).map(([name, { doc, form, initial }]) => [
      name,
      { description: doc.join(' '), ...valueSchema(form), default: written(initial) },
    ])
    return [section, group(Object.fromEntries(properties) as JsonSchema)]
  })
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: "Onlooker's configuration",
    ...group(Object.fromEntries(sections) as JsonSchema),
  }
}

/** A section may be there and empty. */
const group = (properties: JsonSchema): JsonSchema => ({
  type: ['object', 'null'],
  additionalProperties: false,
  properties,
})

function valueSchema(form: Form): JsonSchema {
  if (form.kind === 'one') return form.json
  const list = {
    type: 'array',
    items: form.json,
    maxItems: form.max,
    ...(form.unique ? { uniqueItems: true } : {}),
  }
  return form.word === undefined ? list : { anyOf: [{ const: form.word }, list] }
}

/** A value as a person would write it: what was read from text has that text. */
export function written(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(written)
  const isRead = typeof value === 'object' && value !== null && 'text' in value
  return isRead ? value.text : value
}
