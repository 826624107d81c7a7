/** All that can be asked. */

import type { Wanted } from '../auth/permissions.js'
import type { Route } from '../call.js'
import { openApi } from '../openapi.js'
import { exportSchema } from '../device-schemas.js'
import { copyRoutes } from './copies.js'
import { decisionRoutes } from './decisions.js'
import { deviceRoutes } from './device.js'
import { endpointRoutes } from './endpoints.js'
import { eventRoutes, learningRoutes } from './learning.js'
import { listingRoutes } from './listings.js'
import { peopleRoutes } from './people.js'
import { recommendationRoutes } from './recommendations.js'
import { ruleRoutes } from './rules.js'
import { sessionRoutes } from './session.js'
import { frontRoutes, healthRoutes, sensorRoutes } from './status.js'

export function allRoutes(metrics: Wanted): readonly Route[] {
  const routes: Route[] = [
    ...frontRoutes(metrics),
    ...healthRoutes(metrics),
    ...sensorRoutes,
    ...listingRoutes,
    ...deviceRoutes,
    ...decisionRoutes,
    ...recommendationRoutes,
    ...endpointRoutes,
    ...learningRoutes,
    ...eventRoutes,
    ...ruleRoutes,
    ...sessionRoutes,
    ...peopleRoutes,
    ...copyRoutes,
    {
      method: 'GET',
      path: '/api/openapi.json',
      summary: 'This description.',
      permission: 'anyone',
      answers: { 200: exportSchema },
      answer: (_call, { sensor }) => ({ status: 200, body: openApi(routes, sensor.version) }),
    },
  ]
  return routes
}
