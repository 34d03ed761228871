import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { channelFor, isServiceChannel } from '../../../contract/channels.ts'
import type { TokenVerifier } from '../../../contract/verdict.ts'
import type { MediaLinks } from '../../core/auth/media-links.ts'
import type { StreamRenewal } from '../../core/auth/stream-renewal.ts'
import type { StreamTickets } from '../../core/auth/stream-tickets.ts'
import { etagOf, type Snapshots } from '../../core/messaging/snapshots.ts'
import { Refusal } from '../../core/refusal.ts'
import { addRoute } from '../add-route.ts'
import { parseEntityTags, weaklyMatches } from '../entity-tags.ts'
import { readJson } from '../errors.ts'
import { type Guard, type Guarded, refusalForVerdict } from '../guard.ts'
import { SNAPSHOT_JSON_LIMITS } from '../json-body.ts'
import { bearer, GUARD_ERRORS, json, jsonBody } from '../openapi.ts'
import { errorResponses } from './errors.ts'
import * as wire from './wire.ts'

export interface StreamRoutesNeeds {
  guard: Guard
  tokenVerifier: TokenVerifier
  mediaLinks: MediaLinks
  streamTickets: StreamTickets
  streamRenewal: StreamRenewal
  snapshots: Snapshots
}

/** How long a plain GET of a channel waits for the next snapshot, in ms. */
const LONG_POLL_TIMEOUT_MS = 25_000

/** Access to recordings and streams, and the channels' snapshots. */
export function addStreamRoutes(app: OpenAPIHono<Guarded>, needs: StreamRoutesNeeds): void {
  const { guard, mediaLinks, streamTickets, streamRenewal, snapshots } = needs

  addRoute(
    app,
    createRoute({
      method: 'get',
      path: '/check-media-access',
      operationId: 'softphoneCheckMediaAccess',
      summary: 'Whether a token is good',
      security: bearer,
      responses: { 200: json(wire.MediaAccessJson, 'It is'), ...errorResponses(GUARD_ERRORS) },
    }),
    guard(),
    (c) => c.json(wire.mediaAccessJson, 200),
  )
  addRoute(
    app,
    createRoute({
      method: 'post',
      path: '/media-links',
      operationId: 'softphoneMediaLink',
      summary: 'A link to one file, for players that cannot send a header; it dies with the session',
      description: 'For files that an access token of mine opens now.',
      security: bearer,
      request: jsonBody(wire.MediaLinkBody.openapi({ example: { path: '1001/hello.wav', minutes: 10 } })),
      responses: {
        201: json(wire.MediaLinkJson, 'Where it can be played'),
        ...errorResponses([...GUARD_ERRORS, 'input_invalid', 'forbidden']),
      },
    }),
    guard(),
    async (c) => {
      const { path, minutes } = await readJson(c, wire.MediaLinkBody)
      return c.json(wire.toMediaLinkJson(await mediaLinks.issue(c.var.actor, path, minutes)), 201)
    },
  )
  addRoute(
    app,
    createRoute({
      method: 'post',
      path: '/stream-tickets',
      operationId: 'softphoneStreamTicket',
      summary: 'A ticket for one stream, for clients that cannot send a header: 30 seconds, one use',
      security: bearer,
      responses: { 201: json(wire.StreamTicketJson, 'The ticket'), ...errorResponses(GUARD_ERRORS) },
    }),
    guard(),
    async (c) => c.json(wire.toStreamTicketJson(await streamTickets.issue(c.var.actor)), 201),
  )
  // One request renews all streams of the session: none is reopened, so no message is lost.
  addRoute(
    app,
    createRoute({
      method: 'post',
      path: '/streams/renew',
      operationId: 'softphoneRenewStreams',
      summary: 'Let all open streams of the session live as long as this new access token',
      security: bearer,
      responses: { 200: json(wire.RenewJson, 'Until when'), ...errorResponses(GUARD_ERRORS) },
    }),
    guard(),
    async (c) => c.json(wire.toRenewJson(await streamRenewal.renew(c.var.actor)), 200),
  )

  // nginx forwards only requests of services on this machine: see nginx/publish.conf.
  addRoute(
    app,
    createRoute({
      method: 'post',
      path: '/pub/{channel}',
      operationId: 'softphonePublish',
      summary: 'Publish a snapshot: for services of this machine, or with a service token',
      description:
        'Without a token, what comes from another machine, from a page or by a proxy is refused with 403. A service token with the scope `presence:publish` publishes `users-state` from anywhere.',
      security: [{}, { serviceToken: ['presence:publish'] }],
      request: {
        params: z.object({ channel: wire.Channel }),
        ...jsonBody(wire.SnapshotBody.openapi({ example: { states: {} } })),
      },
      responses: {
        201: json(wire.PublishJson, 'Stored and delivered'),
        202: json(wire.PublishJson, 'Stored; no client is subscribed'),
        ...errorResponses([...GUARD_ERRORS, 'forbidden', 'input_invalid', 'not_found', 'input_too_large']),
      },
    }),
    (c) => publish(c, snapshots),
  )
  // nginx sends requests of `pub/…` with a service token here, from any address: see nginx/publish.conf.
  app.post('/pub-by-token/:channel', guard({ service: 'presence:publish', roles: [] }), async (c) => {
    if (!isServiceChannel(channelParam(c))) throw new Refusal('forbidden')
    return publish(c, snapshots)
  })
  // nginx sends a plain GET of `sub/…` here; the document has it as that.
  app.get('/poll/:channel', guard({ fromQuery: true, service: 'presence:read' }), (c) => longPoll(c, needs))
}

async function publish(c: Context, snapshots: Snapshots) {
  const body = await readJson(c, wire.SnapshotBody, SNAPSHOT_JSON_LIMITS)
  const { snapshot, subscribers } = await snapshots.publish(channelParam(c), body)
  return c.json(wire.toPublishJson({ subscribers }, snapshot), subscribers > 0 ? 201 : 202)
}

/** Answers with the current snapshot, or with the next one where the client has the current one (If-None-Match). */
async function longPoll(
  c: Context<Guarded>,
  { tokenVerifier, snapshots }: Pick<StreamRoutesNeeds, 'tokenVerifier' | 'snapshots'>,
): Promise<Response> {
  const { claims, service } = c.var.actor
  const channel = channelParam(c)
  const isAllowed =
    service === undefined ? channelFor(claims, channel) !== undefined : isServiceChannel(channel)
  if (!isAllowed) throw new Refusal('forbidden')
  const requireValid = () => {
    const invalid = tokenVerifier.checkClaims(claims)
    if (invalid !== undefined) throw refusalForVerdict(invalid)
  }
  const ifNoneMatch = parseEntityTags(c.req.header('if-none-match'))
  const isKnownTag = ifNoneMatch === '*' ? undefined : (tag: string) => weaklyMatches(ifNoneMatch, tag)
  const knownTag = ifNoneMatch && (await snapshots.matchingTag(channel, isKnownTag))
  const snapshot = await snapshots.waitForNewer(channel, knownTag, LONG_POLL_TIMEOUT_MS, requireValid)
  c.header('Cache-Control', 'no-store')
  if (snapshot !== undefined) return c.json(snapshot.body, 200, { ETag: `"${etagOf(snapshot)}"` })
  // Before the first snapshot a 304 would claim that the client has one.
  if (knownTag === undefined) return c.body(null, 204)
  return c.body(null, 304, { ETag: `"${knownTag}"` })
}

function channelParam(c: Context) {
  const channel = wire.Channel.safeParse(c.req.param('channel'))
  if (!channel.success) throw new Refusal('not_found')
  return channel.data
}
