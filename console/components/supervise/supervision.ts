import type { LiveCall } from '../../app/live/live-messages.ts'
import type { SupervisedCall } from '../../phone/phone-types.ts'

export type SupervisionMode = SupervisedCall['mode']
type Supervisor = NonNullable<LiveCall['supervised_by']>[number]

/** My own part in a call of others. */
export const mineOf = (
  { supervised_by = [] }: Pick<LiveCall, 'supervised_by'>,
  userId: string,
): Supervisor | undefined => supervised_by.find(({ user_id }) => user_id === userId)

/** The agent to be shown: the first phone of a user that talks. The page knows no teams; the API chooses. */
export const agentOf = ({ legs }: Pick<LiveCall, 'legs'>): LiveCall['legs'][number] | undefined =>
  legs.find(({ state, extension }) => state === 'up' && extension !== null)

/** Whether a supervisor may listen: two ends talk, one of them a user’s, and none of them is mine. */
export const isSupervisable = (
  { state, legs }: Pick<LiveCall, 'state' | 'legs'>,
  ownExtension: string | undefined,
): boolean =>
  (state === 'up' || state === 'held') &&
  agentOf({ legs }) !== undefined &&
  legs.filter((leg) => leg.state === 'up').length > 1 &&
  legs.every((leg) => leg.state === 'ended' || leg.extension === null || leg.extension !== ownExtension)
