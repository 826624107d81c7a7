/** The API's description (OpenAPI 3.1), made of the same routes and schemas that answer. */

import type { Route } from './routes.js'
import { errorSchema, type Schema } from './schemas.js'

export function openApi(routes: readonly Route[], version: string): Schema {
  const paths = routes.map(route => [route.path, { get: operation(route) }])
  return {
    openapi: '3.1.0',
    info: { title: 'Onlooker', version, description: 'The sensor hears and never speaks.' },
    paths: Object.fromEntries(paths) as Schema,
  }
}

function operation({ path, summary, answers }: Route): Schema {
  const responses = Object.entries(answers).map(([status, schema]) => [
    status,
    { description: summary, content: contentOf(schema) },
  ])
  const failure = { description: 'What is wrong, and the mend.', content: contentOf(errorSchema) }
  return {
    operationId: path.replace(/^\/(api\/)?/, '').replace(/[^a-z0-9]+/g, '_'),
    summary,
    responses: { ...(Object.fromEntries(responses) as Schema), default: failure },
  }
}

const contentOf = (schema: Schema | undefined): Schema =>
  schema === undefined
    ? { 'text/plain': { schema: { type: 'string' } } }
    : { 'application/json': { schema } }
