/** What a schema complains of, as it is told: which field, what is wrong, and which was meant. */

import type { FastifyRequest } from 'fastify'
import { nearest } from '../settings/nearest.js'
import { Refusal } from './errors.js'
import type { Schema } from './schemas.js'

interface Complaint {
  readonly keyword: string
  readonly instancePath: string
  readonly params: Readonly<Record<string, unknown>>
  readonly message?: string
}

const WORDS_SHOWN = 16
const WORD_MAX = 60

export function complaintOf(
  complaints: readonly Complaint[],
  context: string | undefined,
  request: FastifyRequest,
): Refusal {
  const [first] = complaints
  if (first === undefined) return new Refusal('bad-request')
  const schema = schemaOf(request, context)
  const field = first.instancePath.slice(1).replaceAll('/', '.')
  if (first.keyword === 'additionalProperties') return unknownField(first, schema)
  if (first.keyword === 'required') {
    const missing = String(first.params.missingProperty)
    return new Refusal('bad-request', `${missing} is missing`, `send ${missing}`)
  }
  if (field === '') {
    return new Refusal('bad-request', `the ${context ?? 'request'} ${first.message ?? 'is wrong'}`)
  }
  const value = valueAt(context === 'body' ? request.body : request.query, first.instancePath)
  return new Refusal('wrong-value', `${field} ${first.message ?? 'is wrong'}`, mendOf(first, value))
}

function unknownField({ params, instancePath }: Complaint, schema: Schema | undefined): Refusal {
  const name = String(params.additionalProperty)
  const known = Object.keys(propertiesAt(schema, instancePath))
  const near = nearest(name, known)
  const all = known.length === 0 ? 'it takes none' : `it takes: ${known.join(', ')}`
  const mend = near === undefined ? all : `did you mean ${near}?`
  return new Refusal('unknown-field', `unknown field: ${name.slice(0, WORD_MAX)}`, mend)
}

function mendOf({ keyword, params }: Complaint, value: unknown): string {
  if (keyword !== 'enum') return 'see /api/openapi.json'
  const allowed = (params.allowedValues as readonly unknown[]).filter(word => word !== null)
  const near = typeof value === 'string' ? nearest(value, allowed.map(String)) : undefined
  if (near !== undefined) return `did you mean ${near}?`
  const some = allowed.slice(0, WORDS_SHOWN).join(', ')
  return `one of: ${some}${allowed.length > WORDS_SHOWN ? ', ...' : ''}`
}

function schemaOf({ routeOptions }: FastifyRequest, context: string | undefined) {
  const { body, querystring } = (routeOptions.schema ?? {}) as {
    body?: Schema & { content?: Readonly<Record<string, { schema: Schema }>> }
    querystring?: Schema
  }
  return context === 'body' ? (body?.content?.['application/json']?.schema ?? body) : querystring
}

/** The properties that an object at this place may have. */
function propertiesAt(schema: Schema | undefined, path: string): object {
  let at = schema
  for (const step of path.split('/').slice(1)) {
    const { items, properties } = (at ?? {}) as { items?: Schema; properties?: Schema }
    at = (items ?? properties?.[step]) as Schema | undefined
  }
  return (at?.properties ?? {}) as object
}

function valueAt(from: unknown, path: string): unknown {
  let at = from
  for (const step of path.split('/').slice(1)) {
    at = typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[step] : undefined
  }
  return at
}
