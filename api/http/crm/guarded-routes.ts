import { createRoute, type OpenAPIHono, type RouteConfig } from '@hono/zod-openapi'
import { addRoute, type RouteHandler } from '../add-route.ts'
import { bearer } from '../openapi.ts'
import type { Authorize, CrmEnv } from './authorize.ts'
import { type GuardedOperation, PERMISSIONS, type Permission } from './permissions.ts'

/** A route that needs an access token: its `operationId` has a row in `PERMISSIONS`. */
type GuardedRoute = Omit<RouteConfig, 'security' | 'tags'> & { operationId: GuardedOperation }

/** Adds a guarded route; its handler runs once the user is authorized. */
type AddGuardedRoute = <R extends GuardedRoute>(route: R, handler: RouteHandler<CrmEnv, R, R['path']>) => void

/** For routes under one tag. `PERMISSIONS` decides who may call an operation; the document lists the same. */
export const guardedRoutes =
  (app: OpenAPIHono<CrmEnv>, authorize: Authorize, tag: string): AddGuardedRoute =>
  (route, handler) =>
    addRoute(
      app,
      createRoute({
        ...route,
        tags: [tag],
        security: bearer,
        description: [route.description, permissionText(route.operationId)].filter(Boolean).join('\n\n'),
      }),
      authorize(route.operationId),
      handler,
    )

function permissionText(operation: GuardedOperation): string {
  const { agent, supervisor } = PERMISSIONS[operation]
  return `Agents: ${PERMISSION_TEXT[agent]}. Supervisors: ${PERMISSION_TEXT[supervisor]}. Admins: all.`
}

const PERMISSION_TEXT: Record<Permission, string> = {
  none: 'no',
  own: 'their own',
  team: 'their team’s',
  all: 'all',
}
