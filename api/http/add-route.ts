import type { OpenAPIHono, RouteConfig, RouteConfigToTypedResponse } from '@hono/zod-openapi'
import type { Env, Handler, MiddlewareHandler, TypedResponse } from 'hono'
import type { BlankInput, H } from 'hono/types'

/** What `createRoute` returns. */
type Route<R extends RouteConfig, P extends string> = R & { getRoutingPath(): P }

/** Answers with one of the documented success responses. Errors are thrown as a `Refusal`. */
export type RouteHandler<E extends Env, R extends RouteConfig, P extends string> = Handler<
  E,
  P,
  BlankInput,
  Answer<R> | Promise<Answer<R>>
>

type Answer<R extends RouteConfig> = WithEmptyBody<RouteConfigToTypedResponse<R>>
/** A response without content is what `c.body(null, status)` returns. */
type WithEmptyBody<T> =
  T extends TypedResponse<unknown, infer Status, infer Format>
    ? string extends Format
      ? TypedResponse<null, Status, 'body'>
      : T
    : T

/**
 * Adds a route and its part of the OpenAPI document. Requests are not validated by the route's schemas: the handler
 * reads them with `readJson`, `readQuery` or `readHeaders`, which refuse in the surface's own format.
 *
 * @param handlers up to two middlewares, then the handler; its JSON has to fit the route's response schema
 */
export function addRoute<E extends Env, R extends RouteConfig, P extends string>(
  app: OpenAPIHono<E>,
  route: Route<R, P>,
  handler: RouteHandler<E, R, P>,
): void
export function addRoute<E extends Env, R extends RouteConfig, P extends string>(
  app: OpenAPIHono<E>,
  route: Route<R, P>,
  middleware: MiddlewareHandler<NoInfer<E>>,
  handler: RouteHandler<E, R, P>,
): void
export function addRoute<E extends Env, R extends RouteConfig, P extends string>(
  app: OpenAPIHono<E>,
  route: Route<R, P>,
  first: MiddlewareHandler<NoInfer<E>>,
  second: MiddlewareHandler<NoInfer<E>>,
  handler: RouteHandler<E, R, P>,
): void
export function addRoute<E extends Env>(
  app: OpenAPIHono<E>,
  route: Route<RouteConfig, string>,
  ...handlers: H<E>[]
): void {
  app.openAPIRegistry.registerPath(route)
  app.on([route.method], [route.getRoutingPath()], ...handlers)
}
