import type { Desk } from './wire.ts'

export type IdleReason =
  | 'noExtension'
  | 'pbxAway'
  | 'noPhone'
  | 'notReady'
  | 'notAvailable'
  | 'noCampaign'
  | 'notActive'
  | 'byHand'

interface IdleFacts {
  status: Desk['agent']['status']
  extension: string | undefined
  /** Undefined while not known. */
  isPbxOnline: boolean | undefined
  presence: { state: string; status?: string } | undefined
  /** Those that the agent works in; undefined while not known. */
  campaigns: readonly { status: string; automation: boolean; dialerMode: string }[] | undefined
}

/** Why no campaign calls the agent now, what the agent can change first. */
export function idleReasons({
  status,
  extension,
  isPbxOnline,
  presence,
  campaigns,
}: IdleFacts): IdleReason[] {
  const reasons: IdleReason[] = []
  if (status !== 'ready') reasons.push('notReady')
  if (extension === undefined) reasons.push('noExtension')
  else if (isPbxOnline === false) reasons.push('pbxAway')
  else if (presence?.state === 'Unavailable') reasons.push('noPhone')
  if (status === 'ready' && presence !== undefined && (presence.status ?? 'available') !== 'available')
    reasons.push('notAvailable')
  if (campaigns === undefined) return reasons
  const active = campaigns.filter((one) => one.status === 'ACTIVE')
  if (campaigns.length === 0) reasons.push('noCampaign')
  else if (active.length === 0) reasons.push('notActive')
  else if (!active.some(({ automation, dialerMode }) => automation && dialerMode === 'PROGRESSIVE'))
    reasons.push('byHand')
  return reasons
}
