import { type Context, Hono } from 'hono'
import { channelFor } from '../../../contract/channels.ts'
import type { Judge } from '../../../contract/verdict.ts'
import type { Logger } from '../../../runtime/log.ts'
import type { Login } from '../../core/auth/login.ts'
import type { MediaLinks } from '../../core/auth/media-links.ts'
import type { Sessions } from '../../core/auth/sessions.ts'
import type { StreamRenewal } from '../../core/auth/stream-renewal.ts'
import type { StreamTickets } from '../../core/auth/stream-tickets.ts'
import type { UserStore } from '../../core/auth/users.ts'
import { type Snapshots, tagOf } from '../../core/messaging/snapshots.ts'
import { Refusal } from '../../core/refusal.ts'
import { hasNamed, readTags } from '../entity-tags.ts'
import { addressOf, readJson, refuse } from '../errors.ts'
import { type Guard, type Guarded, refusalOf } from '../guard.ts'
import { SNAPSHOT } from '../json-body.ts'
import { logoutWording, refreshWording, speech } from './errors.ts'
import * as wire from './wire.ts'

export interface SoftphoneNeeds {
  guard: Guard
  judge: Judge
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
const POLL_MS = 25_000

/** The surface of MikoPBX ModuleSoftphoneBackend v1. */
export function createSoftphone(needs: SoftphoneNeeds): Hono<Guarded> {
  const { guard, judge, login, sessions, users, mediaLinks, streamTickets, streamRenewal, snapshots, log } =
    needs
  const app = new Hono<Guarded>()
  app.onError((err, c) => refuse(c, err, speech, log))

  app.post('/auth/login', async (c) => {
    const credentials = await readJson(c, wire.LoginBody)
    const opened = await login.login(credentials, openRequest(c))
    return c.json(wire.opened(opened))
  })
  app.post('/auth/refresh', guard({ kind: 'refresh', wording: refreshWording }), async (c) => {
    const refreshed = await sessions.refresh(c.var.actor, wire.clothing)
    return c.json(wire.refreshed(refreshed))
  })
  app.post('/auth/logout', guard({ wording: logoutWording }), async (c) => {
    await sessions.logout(c.var.actor, addressOf(c))
    return c.json(wire.loggedOut)
  })
  app.get('/profile', guard(), async (c) => {
    const user = await users.find(c.var.actor.userId)
    if (user === undefined) throw new Refusal('token_revoked')
    return c.json(wire.profile(user))
  })
  app.get('/health', (c) => c.json(wire.health()))
  app.get('/check-media-access', guard(), (c) => c.json(wire.allowed))

  app.post('/media-links', guard(), async (c) => {
    const { path, minutes } = await readJson(c, wire.LinkBody)
    return c.json(wire.link(await mediaLinks.sell(c.var.actor, path, minutes)), 201)
  })
  app.post('/stream-tickets', guard(), async (c) => {
    return c.json(wire.ticket(await streamTickets.sell(c.var.actor)), 201)
  })
  // One request for all streams of the session: none is reopened, and nothing is missed.
  app.post('/streams/renew', guard(), async (c) => {
    return c.json(wire.renewed(await streamRenewal.renew(c.var.actor)))
  })

  // nginx lets only this machine's services come this far: see nginx/publish.conf.
  app.post('/pub/:channel', async (c) => {
    const body = await readJson(c, wire.SnapshotBody, SNAPSHOT)
    const { snapshot, subscribers } = await snapshots.publish(channelOf(c), body)
    return c.json(wire.published({ subscribers }, snapshot), subscribers > 0 ? 201 : 202)
  })
  // A plain GET of `sub/…`, which nginx sends here: what there is, or the next news.
  app.get('/poll/:channel', guard({ fromQuery: true }), async (c) => {
    const { claims } = c.var.actor
    const channel = channelOf(c)
    if (channelFor(claims, channel) === undefined) throw new Refusal('forbidden')
    const check = () => {
      const flaw = judge.claims(claims)
      if (flaw !== undefined) throw refusalOf(flaw)
    }
    const named = readTags(c.req.header('if-none-match'))
    const isKnown = named === '*' ? undefined : (tag: string) => hasNamed(named, tag)
    const known = named && (await snapshots.knownTag(channel, isKnown))
    const snapshot = await snapshots.newerThan(channel, known, POLL_MS, check)
    c.header('Cache-Control', 'no-store')
    if (snapshot !== undefined) return c.json(snapshot.body, 200, { ETag: `"${tagOf(snapshot)}"` })
    // Nothing was ever published: a 304 would say that the client has it.
    if (known === undefined) return c.body(null, 204)
    return c.body(null, 304, { ETag: `"${known}"` })
  })
  return app
}

const openRequest = (c: Context) => ({
  surface: 'softphone',
  address: addressOf(c),
  userAgent: c.req.header('user-agent') ?? '',
  clothing: wire.clothing,
  refreshBy: 'token' as const,
})

function channelOf(c: Context) {
  const channel = wire.Channel.safeParse(c.req.param('channel'))
  if (!channel.success) throw new Refusal('not_found')
  return channel.data
}
