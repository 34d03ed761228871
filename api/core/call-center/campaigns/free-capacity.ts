import type { Campaign } from './campaign.ts'
import type { DialAttempt } from './dial-queue.ts'
import type { TrunkCapacity } from './trunk-capacity.ts'

/** How many more calls a campaign may place now, by its own limit and its trunk's. */
export function freeCapacity(
  { id, rules }: Campaign,
  automated: readonly Campaign[],
  attempts: readonly Pick<DialAttempt, 'campaignId' | 'callId'>[],
  trunks: Pick<TrunkCapacity, 'available'>,
): number {
  const onSameTrunk = new Set(automated.filter((one) => one.rules.trunk === rules.trunk).map((one) => one.id))
  const trunkAttempts = attempts.filter(
    ({ campaignId }) => campaignId !== null && onSameTrunk.has(campaignId),
  )
  const own = attempts.filter(({ campaignId }) => campaignId === id).length
  const freeOnTrunk =
    trunks.available(
      rules.trunk,
      trunkAttempts.map(({ callId }) => callId),
    ) ?? 0
  return Math.min(rules.maxCalls - own, freeOnTrunk)
}
