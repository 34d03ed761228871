import type { Actor } from '../../actor.ts'
import type { Directory } from '../../directory/directory.ts'
import type { Call } from '../call.ts'
import { isParty } from '../call-access.ts'
import type { CallTracker } from '../call-tracker.ts'
import type { LiveSupervisions } from './live-supervisions.ts'
import type { SupervisionView } from './supervision.ts'

/** Who supervises a call, for those who may know it. */
export interface SupervisorViews {
  /** For the users with phones in the call: those who listen now; none with the notice off. */
  forParties(call: Call): SupervisionView[]
  /** For a user who may see the call. */
  forActor(actor: Actor, call: Call): SupervisionView[]
  onChange(listener: (call: Call) => void): void
}

export function createSupervisorViews(needs: {
  live: Pick<LiveSupervisions, 'ofCall' | 'onChange'>
  tracker: Pick<CallTracker, 'find'>
  directory: Pick<Directory, 'findByUser' | 'endpointsOf'>
  /** Whether agents see who supervises their calls. */
  notice: boolean
}): SupervisorViews {
  const { live, tracker, directory, notice } = needs
  const all = (call: Call): SupervisionView[] =>
    live.ofCall(call.id).map(({ id, supervisorId, mode, state }) => ({
      ...{ id, supervisorId, mode, state },
      name: directory.findByUser(supervisorId)?.name ?? '',
    }))
  const forParties = (call: Call) => (notice ? all(call).filter(({ state }) => state === 'up') : [])
  return {
    forParties,
    forActor: (actor, call) => (isParty(actor, call, directory) ? forParties(call) : all(call)),
    onChange(listener) {
      live.onChange((callId) => {
        const call = tracker.find(callId)
        if (call !== undefined) listener(call)
      })
    },
  }
}
