import { sha256 } from '../../../../runtime/hash.ts'
import { toUnixSeconds } from '../../../../runtime/time.ts'
import type { Actor } from '../../actor.ts'
import type { SecurityLog } from '../../auth/security-log.ts'
import type { FindReach } from '../../auth/supervisor-reach.ts'
import type { IdempotencyKeys } from '../../dial-policy/dial-limits.ts'
import type { DialPolicy } from '../../dial-policy/dial-policy.ts'
import { DIALABLE } from '../../dial-policy/parse-number.ts'
import type { Directory } from '../../directory/directory.ts'
import { Refusal } from '../../refusal.ts'
import { isParty } from '../call-access.ts'
import type { DialDevice } from '../call-control.ts'
import { toSupervisionId } from '../call-id.ts'
import type { CallTracker } from '../call-tracker.ts'
import type { CallWaiter } from '../call-waiter.ts'
import { hasLegEnded, type LegSelection } from '../leg-selection.ts'
import type { OwnPhone } from '../own-phone.ts'
import type { Pbx } from '../pbx.ts'
import type { EndSupervisions } from './end-supervisions.ts'
import type { LiveSupervision, LiveSupervisions } from './live-supervisions.ts'
import { isEmergencyCall, peersOf, requireSupervisedLeg } from './supervised-leg.ts'
import {
  allowsMode,
  allowsTakeOver,
  type SessionMark,
  type Supervision,
  type SupervisionLevel,
  type SupervisionMode,
  type SupervisionStore,
} from './supervision.ts'

export interface SupervisionRequest {
  mode: SupervisionMode
  /** `any` by default. */
  device?: DialDevice | undefined
  /** The same key with the same request rings the phone once. */
  idempotencyKey?: string | undefined
  /** Where the request came from, for the security log. */
  address: string
}

/** Supervisors listen to calls of others, and take them over. */
export interface SupervisionControl {
  /**
   * Rings the actor's own phone, which then listens; or, while it listens to this call, changes the mode.
   * @throws {Refusal} `not_found`, `forbidden`, `conflict`, `not_supported`, `unavailable`, `unconfirmed`
   */
  supervise(
    actor: Actor,
    callId: string,
    request: SupervisionRequest,
  ): Promise<Pick<Supervision, 'id' | 'mode'>>
  /** The agent's phone leaves, and the actor's phone, which listens to the call, talks with the other end. */
  takeOver(actor: Actor, callId: string): Promise<void>
  /** Ends the actor's own supervision of this call. Does nothing without one. */
  stop(actor: Actor, callId: string): Promise<void>
}

export interface SupervisionNeeds {
  level: SupervisionLevel
  pbx: Pbx
  tracker: Pick<CallTracker, 'find'>
  waiter: CallWaiter
  legs: Pick<LegSelection, 'requireCall'>
  live: LiveSupervisions
  ends: EndSupervisions
  store: SupervisionStore
  directory: Directory
  ownPhone: OwnPhone
  reachOf: FindReach
  policy: () => Pick<DialPolicy, 'reservedKind' | 'embeddedVariants'>
  idempotencyKeys: IdempotencyKeys
  securityLog: SecurityLog
  newId(): string
  now(): number
  ringMs: number
}

export function createSupervision(needs: SupervisionNeeds): SupervisionControl {
  const { level, pbx, live, ends, store, directory, idempotencyKeys, reachOf } = needs

  /** The same answers to all who may not know that the call exists. */
  async function requireSupervisedCall(actor: Actor, callId: string) {
    const call = await needs.legs.requireCall(actor, callId)
    if (actor.claims.role === 'user') throw new Refusal('forbidden', { detail: 'this is for supervisors' })
    if (isParty(actor, call, directory)) throw conflict('you are in this call')
    if (isEmergencyCall(call, needs.policy())) throw conflict('emergency calls are not listened to')
    return { call, ...requireSupervisedLeg(call, await reachOf(actor), directory) }
  }

  const ownOf = (actor: Actor, callId: string): LiveSupervision | undefined => {
    const own = live.ofSupervisor(actor.userId)
    return own?.callId === callId ? own : undefined
  }

  function requireMode(mode: SupervisionMode) {
    if (!allowsMode(level, mode))
      throw new Refusal('not_supported', { detail: `HOOKSWITCH_SUPERVISION does not allow to ${mode}` })
  }

  async function change(own: LiveSupervision, mode: SupervisionMode, address: string) {
    if (own.mode === mode) return own
    if (own.state !== 'up') throw conflict('your phone still rings')
    await pbx.switchSupervision(own.id, own.channelId, mode)
    // It may have ended meanwhile, and the log has its end.
    if (!(await store.setMode(own.id, mode)) || live.find(own.id) === undefined)
      throw conflict('you no longer listen to this call')
    live.setMode(own.id, mode)
    log('call_supervision_changed', { ...own, mode, address })
    return { id: own.id, mode }
  }

  function log(
    event: 'call_supervision_started' | 'call_supervision_changed',
    { agentId, supervisorId, callId, mode, address }: Supervision,
  ) {
    const target = directory.findByUser(agentId)?.username ?? ''
    const changes = `call=${callId} mode=${mode}`
    needs.securityLog.write({ event, userId: agentId, target, changes, actorId: supervisorId, address })
  }

  return {
    async supervise(actor, callId, { mode, device = 'any', idempotencyKey: key, address }) {
      requireMode(mode)
      const { agent, leg } = await requireSupervisedCall(actor, callId)
      const id = toSupervisionId(needs.newId())
      if (key !== undefined) {
        const fingerprint = sha256(JSON.stringify(['supervise', callId, mode, device]))
        const claimed = await idempotencyKeys.claim(actor.userId, key, fingerprint, id)
        // The first request may have changed the mode of what was under way.
        if (claimed !== id) return live.find(claimed) ?? ownOf(actor, callId) ?? { id: claimed, mode }
      }
      try {
        const known = live.ofSupervisor(actor.userId)
        if (known?.callId === callId) return await change(known, mode, address)
        const phone = needs.ownPhone(actor, device)
        const supervision: Supervision = {
          ...{ id, callId, mode, address },
          channelId: leg.channelId,
          agentId: agent.userId,
          supervisorId: actor.userId,
          session: markOf(actor),
          startedAt: toUnixSeconds(needs.now()),
        }
        await store.add(supervision)
        live.put(supervision)
        // What the phone shows while it rings.
        const number = DIALABLE.test(agent.extension) ? agent.extension : undefined
        const callerId = { name: agent.name, number }
        try {
          await pbx.supervise({
            ...{ id, mode, callerId, ringMs: needs.ringMs },
            ...phone,
            channelId: leg.channelId,
          })
        } catch (err) {
          if (!(err instanceof Refusal && err.code === 'unconfirmed')) {
            live.remove(id)
            await store.remove(id)
            throw err
          }
          // The phone may ring by now: events will show it.
        }
        log('call_supervision_started', supervision)
        return { id, mode }
      } catch (err) {
        if (key !== undefined) await idempotencyKeys.release(actor.userId, key, id).catch(() => {})
        throw err
      }
    },

    async takeOver(actor, callId) {
      if (!allowsTakeOver(level))
        throw new Refusal('not_supported', { detail: 'HOOKSWITCH_SUPERVISION does not allow to take over' })
      const { call } = await requireSupervisedCall(actor, callId)
      const own = ownOf(actor, callId)
      if (own?.state !== 'up') throw conflict('listen to the call first')
      const leg = call.legs.find(({ channelId, state }) => channelId === own.channelId && state === 'up')
      const [peer, ...more] = leg === undefined ? [] : peersOf(call, leg)
      if (leg === undefined || peer === undefined || more.length > 0)
        throw conflict('this is no call of two phones')
      if (!pbx.can('take_over')) throw new Refusal('not_supported')
      // First, so that no process takes the end of the agent's phone for the end of the supervision.
      if (!(await ends.release(own, 'taken_over'))) throw conflict('listen to the call first')
      try {
        await pbx.connect(own.channelName, peer.channelName)
      } catch (err) {
        await pbx.hangup(own.id, 'normal').catch(() => {})
        throw err
      }
      // The PBX hangs up an end that is left alone, unless its dialplan goes on.
      await pbx.hangup(leg.channelId, 'normal')
      await needs.waiter.until(callId, hasLegEnded(leg))
    },

    async stop(actor, callId) {
      const own = ownOf(actor, callId)
      if (own !== undefined) await ends.end(own, 'stopped')
    },
  }
}

const conflict = (detail: string) => new Refusal('conflict', { detail })

const markOf = ({ claims: { sub, sid, jti, iat, gen, role, sxp } }: Actor): SessionMark => ({
  ...{ sub, sid, jti, iat, gen, role },
  sxp: sxp ?? null,
})
