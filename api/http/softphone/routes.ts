import { type Context, Hono } from 'hono'
import { channelFor } from '../../../contract/channels.ts'
import type { TokenVerifier } from '../../../contract/verdict.ts'
import type { Logger } from '../../../runtime/log.ts'
import type { Login } from '../../core/auth/login.ts'
import type { MediaLinks } from '../../core/auth/media-links.ts'
import type { Sessions } from '../../core/auth/sessions.ts'
import type { StreamRenewal } from '../../core/auth/stream-renewal.ts'
import type { StreamTickets } from '../../core/auth/stream-tickets.ts'
import type { UserStore } from '../../core/auth/users.ts'
import { etagOf, type Snapshots } from '../../core/messaging/snapshots.ts'
import { Refusal } from '../../core/refusal.ts'
import { parseEntityTags, weaklyMatches } from '../entity-tags.ts'
import { clientAddress, readJson, sendError } from '../errors.ts'
import { type Guard, type Guarded, refusalForVerdict } from '../guard.ts'
import { SNAPSHOT_JSON_LIMITS } from '../json-body.ts'
import { logoutErrors, refreshErrors, softphoneErrorFormat } from './errors.ts'
import * as wire from './wire.ts'

export interface SoftphoneRoutesNeeds {
  guard: Guard
  tokenVerifier: TokenVerifier
  login: Login
  sessions: Sessions
  users: Pick<UserStore, 'find'>
  mediaLinks: MediaLinks
  streamTickets: StreamTickets
  streamRenewal: StreamRenewal
  snapshots: Snapshots
  log: Logger
}

/** How long a plain GET of a channel waits for news, in ms. */
const LONG_POLL_TIMEOUT_MS = 25_000

/** The surface of MikoPBX ModuleSoftphoneBackend v1. */
export function createSoftphoneRoutes(needs: SoftphoneRoutesNeeds): Hono<Guarded> {
  const {
    guard,
    tokenVerifier,
    login,
    sessions,
    users,
    mediaLinks,
    streamTickets,
    streamRenewal,
    snapshots,
    log,
  } = needs
  const app = new Hono<Guarded>()
  app.onError((err, c) => sendError(c, err, softphoneErrorFormat, log))

  app.post('/auth/login', async (c) => {
    const credentials = await readJson(c, wire.LoginBody)
    const opened = await login.login(credentials, openSessionRequest(c))
    return c.json(wire.toLoginJson(opened))
  })
  app.post('/auth/refresh', guard({ kind: 'refresh', errorOverrides: refreshErrors }), async (c) => {
    const refreshed = await sessions.refresh(c.var.actor, wire.extraClaims)
    return c.json(wire.toRefreshJson(refreshed))
  })
  app.post('/auth/logout', guard({ errorOverrides: logoutErrors }), async (c) => {
    await sessions.logout(c.var.actor, clientAddress(c))
    return c.json(wire.logoutJson)
  })
  app.get('/profile', guard(), async (c) => {
    const user = await users.find(c.var.actor.userId)
    if (user === undefined) throw new Refusal('token_revoked')
    return c.json(wire.toProfileJson(user))
  })
  app.get('/health', (c) => c.json(wire.toHealthJson()))
  app.get('/check-media-access', guard(), (c) => c.json(wire.mediaAccessJson))

  app.post('/media-links', guard(), async (c) => {
    const { path, minutes } = await readJson(c, wire.MediaLinkBody)
    return c.json(wire.toMediaLinkJson(await mediaLinks.issue(c.var.actor, path, minutes)), 201)
  })
  app.post('/stream-tickets', guard(), async (c) => {
    return c.json(wire.toStreamTicketJson(await streamTickets.issue(c.var.actor)), 201)
  })
  // One request for all streams of the session: none is reopened, and nothing is missed.
  app.post('/streams/renew', guard(), async (c) => {
    return c.json(wire.toRenewJson(await streamRenewal.renew(c.var.actor)))
  })

  // nginx lets only this machine's services come this far: see nginx/publish.conf.
  app.post('/pub/:channel', async (c) => {
    const body = await readJson(c, wire.SnapshotBody, SNAPSHOT_JSON_LIMITS)
    const { snapshot, subscribers } = await snapshots.publish(channelParam(c), body)
    return c.json(wire.toPublishJson({ subscribers }, snapshot), subscribers > 0 ? 201 : 202)
  })
  // A plain GET of `sub/…`, which nginx sends here: what there is, or the next news.
  app.get('/poll/:channel', guard({ fromQuery: true }), async (c) => {
    const { claims } = c.var.actor
    const channel = channelParam(c)
    if (channelFor(claims, channel) === undefined) throw new Refusal('forbidden')
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
    // Nothing was ever published: a 304 would say that the client has it.
    if (knownTag === undefined) return c.body(null, 204)
    return c.body(null, 304, { ETag: `"${knownTag}"` })
  })
  return app
}

const openSessionRequest = (c: Context) => ({
  surface: 'softphone',
  address: clientAddress(c),
  userAgent: c.req.header('user-agent') ?? '',
  extraClaims: wire.extraClaims,
  refreshWith: 'token' as const,
})

function channelParam(c: Context) {
  const channel = wire.Channel.safeParse(c.req.param('channel'))
  if (!channel.success) throw new Refusal('not_found')
  return channel.data
}
