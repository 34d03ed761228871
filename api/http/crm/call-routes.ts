import type { Context, Hono } from 'hono'
import type { Desk, Deskmate, ShownCall } from '../../core/call-center/calls/agent-calls.ts'
import type { Line } from '../../core/call-center/calls/pbx-link-status.ts'
import { readJson } from '../errors.ts'
import { as } from '../openapi.ts'
import type { Door, Known } from './authorize.ts'
import * as wire from './call-wire.ts'
import type { GuardedOperation } from './permissions.ts'

export interface CallRoutesNeeds {
  door: Door
  desk: Desk
  line: Pick<Line, 'state'>
  /** How many live calls somebody may see. */
  activeCalls(by: Deskmate): Promise<number>
  /** Where phones register. */
  sipDomain: string | undefined
}

export function addCallRoutes(app: Hono<Known>, needs: CallRoutesNeeds): void {
  const { door, desk, line } = needs
  const by = (c: Context<Known>): Deskmate => c.var

  app.post('/api/calls/dial', door('crmDial'), async (c) => {
    const { leadId, agentId } = await readJson(c, wire.DialBody)
    const made = await desk.dial(by(c), { leadId, agentId: agentId ?? undefined, key: wire.keyOf(c) })
    return c.json(wire.initiated(made), 201)
  })
  app.post('/api/calls/direct', door('crmDirectDial'), async (c) => {
    const { phoneNumber: number, agentId } = await readJson(c, wire.DirectBody)
    const made = await desk.direct(by(c), { number, agentId: agentId ?? undefined, key: wire.keyOf(c) })
    return c.json(wire.initiated(made), 201)
  })
  app.post('/api/calls/:id/transfer', door('crmTransfer'), async (c) => {
    const target = await readJson(c, wire.TransferBody)
    return c.json(wire.shown(await desk.transfer(by(c), wire.callParam(c), target)))
  })

  /** Operations that take nothing but the call. */
  const plain = (
    operation: GuardedOperation,
    method: 'GET' | 'POST',
    path: string,
    deed: (by: Deskmate, id: string) => Promise<ShownCall>,
  ) =>
    app.on(method, path, door(operation), async (c) =>
      c.json(wire.shown(await deed(by(c), wire.callParam(c)))),
    )
  plain('crmHangUp', 'POST', '/api/calls/:id/hangup', (by, id) => desk.hangup(by, id))
  plain('crmHold', 'POST', '/api/calls/:id/hold', (by, id) => desk.hold(by, id))
  plain('crmUnhold', 'POST', '/api/calls/:id/unhold', (by, id) => desk.unhold(by, id))
  plain('crmCall', 'GET', '/api/calls/:id', (by, id) => desk.find(by, id))

  app.get('/api/sip/status', door('crmSipStatus'), async (c) => {
    const status = line.state()
    return c.json(
      as(wire.SipStatus, {
        status,
        registered: status === 'registered',
        trunk_host: needs.sipDomain ?? null,
        caller_id: c.var.standing.agent.extension,
        active_calls: await needs.activeCalls(by(c)),
      }),
    )
  })
  app.post('/api/sip/dial', door('crmSipDial'), async (c) => {
    const { phone_number: number } = await readJson(c, wire.SipDialBody)
    const { callId } = await desk.direct(by(c), { number, key: wire.keyOf(c) })
    return c.json(as(wire.SipDialled, { success: true, call_id: callId, error: null }))
  })
  app.post('/api/sip/hangup', door('crmSipHangUp'), async (c) => {
    const { call_id: id } = await readJson(c, wire.SipHangupBody)
    await desk.hangup(by(c), id)
    return c.json(as(wire.SipHungUp, { success: true, error: null }))
  })
}
