import type { Call, CallOutcome } from './call.ts'
import type { SupervisionMode, SupervisionView } from './supervision/supervision.ts'

/** A call as clients receive it over channels, sockets and `/api/v1`. Times are ISO 8601. */
export interface CallPayload {
  id: string
  state: Call['state']
  direction: Call['direction']
  from: Call['from']
  to: Call['to']
  started_at: string
  answered_at: string | null
  ended_at: string | null
  outcome: CallOutcome | null
  cause: number | null
  recording: Call['recording']
  /** Without the PBX's names of channels: clients do not need them. */
  legs: readonly {
    extension: string | null
    number: string
    name: string
    state: Call['legs'][number]['state']
    role: 'caller' | 'callee'
    holds: boolean
    parked_at: string | null
  }[]
  /** Supervisors who listen to the call; left out where there are none, or where its reader may not know. */
  supervised_by?: readonly SupervisorPayload[]
}

export interface SupervisorPayload {
  id: string
  user_id: string
  name: string
  mode: SupervisionMode
  state: 'ringing' | 'up'
}

/**
 * @param extensionOf the extension of the user of an endpoint
 * @param supervisors those whom the reader may know
 */
export function toCallPayload(
  call: Call,
  extensionOf: (endpoint: string) => string | undefined,
  supervisors: readonly SupervisionView[] = [],
): CallPayload {
  return {
    id: call.id,
    state: call.state,
    direction: call.direction,
    from: call.from,
    to: call.to,
    started_at: iso(call.startedAt),
    answered_at: isoOrNull(call.answeredAt),
    ended_at: isoOrNull(call.endedAt),
    outcome: call.outcome ?? null,
    cause: call.cause ?? null,
    recording: call.recording,
    legs: call.legs.map((leg) => ({
      extension: (leg.endpoint === undefined ? undefined : extensionOf(leg.endpoint)) ?? null,
      number: leg.number,
      name: leg.name,
      state: leg.state,
      role: leg.role,
      holds: leg.holds,
      parked_at: leg.parkingSpace ?? null,
    })),
    ...(supervisors.length > 0 && {
      supervised_by: supervisors.map(({ id, supervisorId, name, mode, state }) => ({
        ...{ id, user_id: supervisorId, name, mode, state },
      })),
    }),
  }
}

const iso = (at: number) => new Date(at / 1000).toISOString()
const isoOrNull = (at: number | undefined) => (at === undefined ? null : iso(at))
