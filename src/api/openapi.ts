/** The API's description (OpenAPI 3.1), made of the same routes and schemas that answer. */

import type { Route } from './call.js'
import { errorSchema, type Schema } from './schemas.js'

const JSON_TYPE = 'application/json'

type Described = Omit<Route, 'answer'>

export function openApi(routes: readonly Described[], version: string): Schema {
  const paths: Record<string, Record<string, Schema>> = {}
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Onlooker', version, description: 'The sensor hears and never speaks.' },
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'A token: onl_...' },
        session: { type: 'apiKey', in: 'cookie', name: 'onlooker' },
      },
    },
  }
}

function operation(route: Described): Schema {
  const { method, path, summary, permission, answers, body, upload } = route
  const responses = Object.entries(answers).map(([status, schema]) => [
    status,
    { description: summary, content: contentOf(schema) },
  ])
  const failure = { description: 'What is wrong, and the mend.', content: contentOf(errorSchema) }
  const words = path.replace(/^\/(api\/)?/, '').replace(/[^a-z0-9]+/g, '_')
  return {
    operationId: method === 'GET' ? words : `${method.toLowerCase()}_${words}`,
    summary,
    'x-permission': permission,
    security: permission === 'anyone' ? [] : [{ token: [] }, { session: [] }],
    parameters: [...pathParameters(path), ...queryParameters(route)],
    ...(body === undefined && upload === undefined
      ? {}
      : { requestBody: { required: true, content: bodyOf(route) } }),
    responses: { ...(Object.fromEntries(responses) as Schema), default: failure },
  }
}

const pathParameters = (path: string): Schema[] =>
  [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    ...{ name, in: 'path', required: true },
    schema: { type: 'string' },
  }))

const queryParameters = ({ query = {} }: Described): Schema[] =>
  Object.entries(query).map(([name, schema]) => ({ name, in: 'query', required: false, schema }))

const BYTES: Schema = { type: 'string', format: 'binary' }

/** What is taken as bytes has a schema only where they are JSON. */
function bodyOf({ body, upload }: Described): Schema {
  const types = upload?.types ?? [JSON_TYPE]
  return Object.fromEntries(
    types.map(type => [type, { schema: (type === JSON_TYPE ? body : undefined) ?? BYTES }]),
  )
}

const contentOf = (schema: Schema | undefined): Schema =>
  schema === undefined
    ? { 'text/plain': { schema: { type: 'string' } } }
    : { 'application/json': { schema } }
