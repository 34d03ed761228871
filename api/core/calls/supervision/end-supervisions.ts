import type { SecurityLog } from '../../auth/security-log.ts'
import type { Pbx } from '../pbx.ts'
import type { LiveSupervisions } from './live-supervisions.ts'
import type { Supervision, SupervisionEndReason, SupervisionStore } from './supervision.ts'

export interface EndSupervisionsNeeds {
  live: LiveSupervisions
  store: Pick<SupervisionStore, 'remove'>
  pbx: Pick<Pbx, 'hangup'>
  securityLog: SecurityLog
  nameOf(userId: string): string
  onFailure(err: unknown): void
}

/** Ends supervisions: once each, over all API processes. */
export interface EndSupervisions {
  /** @returns false when another process ends it */
  end(supervision: Supervision, reason: SupervisionEndReason): Promise<boolean>
  /** The same without a hang-up: the phone has a call of its own from now on. */
  release(supervision: Supervision, reason: SupervisionEndReason): Promise<boolean>
  /** Hangs up again what could not be hung up. Call it every second. */
  retry(): Promise<void>
}

export function createEndSupervisions(needs: EndSupervisionsNeeds): EndSupervisions {
  const { live, store, pbx, securityLog, nameOf, onFailure } = needs
  /** Phones that should have been hung up, while the PBX was away. */
  const unfinished = new Set<string>()
  const ending = new Set<string>()

  async function release(supervision: Supervision, reason: SupervisionEndReason): Promise<boolean> {
    const { id, callId, agentId, supervisorId, address } = supervision
    const isOurs = await store.remove(id)
    const { mode } = live.find(id) ?? supervision
    live.remove(id)
    if (!isOurs) return false
    const isTakenOver = reason === 'taken_over'
    securityLog.write({
      event: isTakenOver ? 'call_taken_over' : 'call_supervision_ended',
      userId: agentId,
      target: nameOf(agentId),
      changes: `call=${callId} mode=${mode}${isTakenOver ? '' : ` reason=${reason}`}`,
      actorId: supervisorId,
      address,
    })
    return true
  }

  async function hangUp(id: string) {
    try {
      await pbx.hangup(id, 'normal')
      unfinished.delete(id)
    } catch (err) {
      unfinished.add(id)
      onFailure(err)
    }
  }

  return {
    async end(supervision, reason) {
      if (ending.has(supervision.id)) return false
      ending.add(supervision.id)
      // A database that is away must let no supervisor go on listening.
      const isOurs = await release(supervision, reason).catch((err: unknown) => {
        onFailure(err)
        return true
      })
      if (isOurs) await hangUp(supervision.id)
      ending.delete(supervision.id)
      return isOurs
    },
    release,
    async retry() {
      await Promise.all([...unfinished].map(hangUp))
    },
  }
}
