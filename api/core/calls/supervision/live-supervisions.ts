import { evictOldest } from '../../../../runtime/evict-oldest.ts'
import { createListeners } from '../../../../runtime/listeners.ts'
import type { Call } from '../call.ts'
import { isSupervisionId } from '../call-id.ts'
import { findLiveLeg } from '../leg-selection.ts'
import type { PbxEvent } from '../pbx-events.ts'
import { createRecentIds } from '../recent-ids.ts'
import { hasMoved, peersOf } from './supervised-leg.ts'
import type { Supervision, SupervisionMode, SupervisionStore } from './supervision.ts'

/** A supervision that this process knows, with what the PBX has shown of its phone. */
export interface LiveSupervision extends Supervision {
  state: 'ringing' | 'up'
  /** The name of its phone's channel; empty until an event has shown it. */
  channelName: string
  /** The ends that the agent talked with when it began; empty until the call is known. */
  peers: ReadonlySet<string>
}

/** The supervisions under way, as this process knows them. */
export interface LiveSupervisions {
  /**
   * Reads the store: adds new ones, removes those that another process has ended.
   * @throws what the store throws
   */
  sync(): Promise<void>
  put(supervision: Supervision): void
  setMode(id: string, mode: SupervisionMode): void
  remove(id: string): void
  find(id: string): LiveSupervision | undefined
  all(): readonly LiveSupervision[]
  ofCall(callId: string): readonly LiveSupervision[]
  ofSupervisor(userId: string): LiveSupervision | undefined
  /** Those of a call that has moved on, or ended. */
  movedFrom(call: Call): readonly LiveSupervision[]
  /** What the PBX shows of their phones. @returns the one of a phone that has ended or could not be rung */
  handle(event: PbxEvent): LiveSupervision | undefined
  /** Called with the id of the call when who supervises it, or how, has changed. */
  onChange(listener: (callId: string) => void): () => void
}

const MAX_RECENT = 1_000
const UNSEEN = { isUp: false, name: '' }

export function createLiveSupervisions(needs: {
  store: Pick<SupervisionStore, 'all'>
  findCall(callId: string): Call | undefined
  onError(err: unknown): void
}): LiveSupervisions {
  const byId = new Map<string, LiveSupervision>()
  /** Also of those that another process has begun, and this one does not know yet. */
  const phones = new Map<string, { isUp: boolean; name: string }>()
  const removed = createRecentIds(MAX_RECENT)
  const listeners = createListeners<[string]>(needs.onError)

  const live: LiveSupervisions = {
    async sync() {
      // One that begins while the store is read may be missing from what was read.
      const before = [...byId.keys()]
      const stored = new Map((await needs.store.all()).map((one) => [one.id, one]))
      for (const id of before) if (!stored.has(id)) live.remove(id)
      for (const one of stored.values()) {
        if (byId.has(one.id)) live.setMode(one.id, one.mode)
        else if (!removed.has(one.id)) live.put(one)
      }
    },
    put(supervision) {
      const { isUp, name: channelName } = phones.get(supervision.id) ?? UNSEEN
      const state = isUp ? 'up' : 'ringing'
      byId.set(supervision.id, { ...supervision, state, channelName, peers: peersAt(supervision) })
      listeners.notify(supervision.callId)
    },
    setMode(id, mode) {
      const one = byId.get(id)
      if (one === undefined || one.mode === mode) return
      byId.set(id, { ...one, mode })
      listeners.notify(one.callId)
    },
    remove(id) {
      removed.add(id)
      const one = byId.get(id)
      if (one !== undefined && byId.delete(id)) listeners.notify(one.callId)
    },
    find: (id) => byId.get(id),
    all: () => [...byId.values()],
    ofCall: (callId) => [...byId.values()].filter((one) => one.callId === callId),
    ofSupervisor: (userId) => [...byId.values()].find((one) => one.supervisorId === userId),
    movedFrom: (call) => live.ofCall(call.id).filter((one) => hasMovedFrom(call, one)),
    handle(event) {
      if (event.kind !== 'channel' && event.kind !== 'channel_ended' && event.kind !== 'originate')
        return undefined
      if (!isSupervisionId(event.id)) return undefined
      const phone = notePhone(event)
      const one = byId.get(event.id)
      if (one === undefined) return undefined
      if (event.kind === 'channel_ended' || (event.kind === 'originate' && !event.answered)) return one
      const state = phone.isUp ? 'up' : 'ringing'
      byId.set(one.id, { ...one, state, channelName: phone.name })
      if (state !== one.state) listeners.notify(one.callId)
      return undefined
    },
    onChange: listeners.add,
  }
  return live

  /** @returns what is known of the phone now */
  function notePhone(event: Extract<PbxEvent, { kind: 'channel' | 'channel_ended' | 'originate' }>) {
    const known = phones.get(event.id) ?? UNSEEN
    const changes = event.kind === 'channel' ? event.changes : {}
    const answered = event.kind === 'originate' && event.answered
    const phone = {
      isUp: known.isUp || changes.state === 'up' || answered,
      name: changes.name ?? known.name,
    }
    phones.set(event.id, phone)
    evictOldest(phones, MAX_RECENT)
    return phone
  }

  function hasMovedFrom(call: Call, one: LiveSupervision): boolean {
    if (one.peers.size > 0) return hasMoved(call, one.channelId, one.peers)
    // After a start of this process the call is known only now.
    byId.set(one.id, { ...one, peers: peersAt(one) })
    return call.state === 'ended'
  }

  function peersAt({ callId, channelId }: Supervision): ReadonlySet<string> {
    const call = needs.findCall(callId)
    const leg = call?.legs.find((one) => one.channelId === channelId)
    const current = leg && findLiveLeg(call, leg)
    if (call === undefined || current === undefined) return new Set()
    return new Set(peersOf(call, current).map((peer) => peer.channelId))
  }
}
