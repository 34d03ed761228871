import { type FindReach, isWithinReach } from '../../auth/supervisor-reach.ts'
import type { Directory } from '../../directory/directory.ts'
import type { CallTracker } from '../call-tracker.ts'
import type { PbxEvent } from '../pbx-events.ts'
import type { EndSupervisions } from './end-supervisions.ts'
import type { LiveSupervision, LiveSupervisions } from './live-supervisions.ts'
import { type EmergencyRules, goesOn, isEmergencyCall } from './supervised-leg.ts'
import type { SessionMark, Supervision, SupervisionEndReason } from './supervision.ts'

export interface WatchSupervisionsNeeds {
  live: LiveSupervisions
  ends: EndSupervisions
  tracker: Pick<CallTracker, 'find' | 'onChange'>
  directory: Pick<Directory, 'findByUser'>
  reachOf: FindReach
  policy(): EmergencyRules
  /** Whether the session goes on, as far as this process knows. */
  isSessionLive(session: SessionMark): boolean
  /** Whether the PBX is connected, so that the known calls are its own. */
  isOnline(): boolean
  now(): number
  /** How long a phone may ring. */
  ringMs: number
  onFailure(err: unknown): void
}

/** Ends supervisions when their call, phone, session or right ends. */
export interface WatchSupervisions {
  /** Takes an event of the PBX. */
  handle(event: PbxEvent): void
  /** The PBX has these channels and no others. */
  reconcile(channels: ReadonlySet<string>): void
  /** Ends those of sessions that have ended. Call it several times a second. */
  checkSessions(): void
  /** Compares with the store, and ends those out of reach or without a phone. Call it every second. */
  refresh(): Promise<void>
}

/** Added to the time that a phone may ring: its channel may be reported late. */
const RING_GRACE_MS = 10_000

export function createWatchSupervisions(needs: WatchSupervisionsNeeds): WatchSupervisions {
  const { live, ends, tracker, directory, reachOf, now, onFailure } = needs

  const end = (supervision: Supervision, reason: SupervisionEndReason) =>
    void ends.end(supervision, reason).catch(onFailure)

  tracker.onChange((call) => {
    const known = live.ofCall(call.id)
    if (known.length > 0 && isEmergencyCall(call, needs.policy()))
      for (const one of known) end(one, 'emergency_call')
    else
      for (const one of live.movedFrom(call))
        end(one, goesOn(call, one.channelId, one.peers) ? 'call_moved' : 'call_ended')
  })

  const isOverdue = ({ startedAt }: Supervision) => now() - startedAt * 1_000 > needs.ringMs + RING_GRACE_MS
  const hasEnded = ({ callId }: Supervision) => {
    const call = tracker.find(callId)
    return call === undefined || call.state === 'ended'
  }

  async function isInReach({ session, supervisorId, agentId }: Supervision): Promise<boolean> {
    const reach = await reachOf({ userId: supervisorId, claims: session })
    return isWithinReach(reach, directory.findByUser(agentId))
  }

  async function check(one: LiveSupervision) {
    if (one.state === 'ringing' && isOverdue(one)) return end(one, 'not_answered')
    if (needs.isOnline() && hasEnded(one)) return end(one, 'call_ended')
    const call = tracker.find(one.callId)
    if (call !== undefined && isEmergencyCall(call, needs.policy())) return end(one, 'emergency_call')
    if (!(await isInReach(one))) end(one, 'out_of_reach')
  }

  return {
    handle(event) {
      const gone = live.handle(event)
      if (gone !== undefined) end(gone, gone.state === 'up' ? 'hung_up' : 'not_answered')
    },
    reconcile(channels) {
      for (const one of live.all())
        if (!channels.has(one.id) && (one.state === 'up' || isOverdue(one))) end(one, 'hung_up')
    },
    checkSessions() {
      for (const one of live.all()) if (!needs.isSessionLive(one.session)) end(one, 'session_ended')
    },
    async refresh() {
      await ends.retry()
      await live.sync()
      await Promise.all(live.all().map(check))
    },
  }
}
