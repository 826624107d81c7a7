/** Schemas of answers and bodies are made of these: JSON Schema, and OpenAPI shows it. */

export type Schema = Readonly<Record<string, unknown>>

export const text: Schema = { type: 'string' }
export const textOrNull: Schema = { type: ['string', 'null'] }
export const time: Schema = { type: 'string', format: 'date-time' }
export const timeOrNull: Schema = { type: ['string', 'null'], format: 'date-time' }
export const count: Schema = { type: 'integer' }
export const countOrNull: Schema = { type: ['integer', 'null'] }
export const ratio: Schema = { type: 'number' }
export const flag: Schema = { type: 'boolean' }
/** Whatever JSON can be. */
export const anything: Schema = {}
export const oneOf = (...words: readonly string[]): Schema => ({ type: 'string', enum: words })
export const list = (items: Schema): Schema => ({ type: 'array', items })
export const counts: Schema = { type: 'object', additionalProperties: count }

/** Every property is always there. */
export function record(properties: Readonly<Record<string, Schema>>): Schema {
  const required = Object.keys(properties)
  return { type: 'object', additionalProperties: false, required, properties }
}

/** A body: what is required is named, the rest may be left out, and nothing else is taken. */
export function body(
  properties: Readonly<Record<string, Schema>>,
  ...required: readonly string[]
): Schema {
  return { type: 'object', additionalProperties: false, minProperties: 1, required, properties }
}

/** A line of text as people write it, not empty. */
export const line = (maxLength: number): Schema => ({
  type: 'string',
  minLength: 1,
  maxLength,
  pattern: '^[^\\p{Cc}\\p{Zl}\\p{Zp}]*$',
})

export const orNull = (schema: Schema): Schema => ({
  ...schema,
  type: [schema.type, 'null'],
  ...(Array.isArray(schema.enum) ? { enum: [...(schema.enum as unknown[]), null] } : {}),
})

export const errorSchema = record({ error: record({ code: text, message: text, mend: text }) })

export const doneSchema = record({ done: flag })
