import type { Hono } from 'hono'
import { type IceSettings, iceServersFor } from '../../core/provisioning/ice-servers.ts'
import type { Lending } from '../../core/provisioning/webrtc-credentials.ts'
import { as } from '../openapi.ts'
import type { Door, Known } from './authorize.ts'
import * as wire from './webrtc-wire.ts'

export interface WebrtcRoutesNeeds {
  door: Door
  lending: Pick<Lending, 'lend'>
  place: wire.WebrtcPlace
  ice: IceSettings
}

/** "WebRTC Configuration". */
export function addWebrtcRoutes(app: Hono<Known>, { door, lending, place, ice }: WebrtcRoutesNeeds): void {
  app.get('/api/config/webrtc', door('crmWebrtc'), async (c) => {
    const lent = await lending.lend(c.var.actor)
    const servers = iceServersFor(ice, { userId: c.var.actor.userId, expiresAt: lent.expiresAt })
    c.header('Cache-Control', 'no-store')
    return c.json(as(wire.ShownWebrtc, wire.shownWebrtc(lent, place, servers)))
  })
}
