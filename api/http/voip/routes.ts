import { OpenAPIHono } from '@hono/zod-openapi'
import type { Logger } from '../../../runtime/log.ts'
import type { Sessions } from '../../core/auth/sessions.ts'
import type { UserStatuses } from '../../core/presence/user-status.ts'
import { sendError } from '../errors.ts'
import type { Guarded } from '../guard.ts'
import { type OpenApiSection, sectionOf } from '../openapi.ts'
import { type AccountRoutesNeeds, addAccountRoutes } from './account-routes.ts'
import { type AdminRoutesNeeds, addAdminRoutes } from './admin-routes.ts'
import { addVoipCallRoutes, type VoipCallRoutesNeeds } from './call-routes.ts'
import { voipErrorFormat } from './errors.ts'
import { socketRoute } from './socket-route.ts'
import { rateLimitStatuses } from './status-rate-limit.ts'
import { addUserRoutes, type UserRoutesNeeds } from './user-routes.ts'
import { createUserViews, type UserViewsNeeds } from './user-view.ts'

type GroupNeeds = Omit<
  AccountRoutesNeeds & AdminRoutesNeeds & VoipCallRoutesNeeds & UserRoutesNeeds,
  'userViews' | 'signedIn'
>
export interface VoipRoutesNeeds extends GroupNeeds, UserViewsNeeds {
  users: UserViewsNeeds['users'] & GroupNeeds['users']
  sessions: Pick<Sessions, 'refresh' | 'logout'>
  statuses: Pick<UserStatuses, 'set' | 'statusOf'>
  /** A clock that never jumps, in ms. */
  monotonic: () => number
  log: Logger
}

/** The surface of the VoIP backend; socket.ts serves its WebSocket. Its paths share `/api` with others: guards stand on routes. */
export function createVoipRoutes(needs: VoipRoutesNeeds): OpenAPIHono<Guarded> {
  const userViews = createUserViews(needs)
  const app = new OpenAPIHono<Guarded>()
  app.onError((err, c) => sendError(c, err, voipErrorFormat, needs.log))

  const signedIn = needs.guard()
  addAccountRoutes(app, { ...needs, userViews })
  addUserRoutes(app, {
    ...needs,
    statuses: rateLimitStatuses(needs.statuses, needs.monotonic),
    userViews,
    signedIn,
  })
  addVoipCallRoutes(app, { ...needs, userViews, signedIn })
  addAdminRoutes(app, { ...needs, userViews })
  app.openAPIRegistry.registerPath(socketRoute)
  return app
}

/** The routes of this surface in the document. */
export const voipSection = (app: OpenAPIHono<Guarded>): OpenApiSection =>
  sectionOf(app, {
    name: 'VoIP backend',
    tags: [
      { name: 'voip accounts', description: 'Tokens, and accounts where registration is open.' },
      { name: 'voip users', description: 'People and how they are.' },
      { name: 'voip calls', description: 'Calls; what is called `channel` is the id of a call.' },
      { name: 'voip admin', description: 'For the role `admin` alone.' },
      { name: 'voip socket', description: 'What happens, as it happens.' },
    ],
  })
