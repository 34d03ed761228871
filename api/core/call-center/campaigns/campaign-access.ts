import { Refusal } from '../../refusal.ts'
import type { CallCenterActor } from '../agents/call-center-actor.ts'
import type { Scope } from '../agents/scope.ts'
import type { Campaign } from './campaign.ts'
import type { CampaignStore } from './campaign-store.ts'

/** @throws {Refusal} `not_found` also for a campaign outside the scope */
export async function requireVisible(
  store: Pick<CampaignStore, 'find'>,
  scope: Scope,
  id: string,
): Promise<Campaign> {
  const campaign = await store.find(id, scope)
  if (campaign === undefined) throw new Refusal('not_found', { detail: 'Campaign not found' })
  return campaign
}

/** Agents see the campaigns they work in, but do not change them. @throws {Refusal} `not_found`, `forbidden` */
export async function requireEditable(
  store: Pick<CampaignStore, 'find'>,
  { scope }: Pick<CallCenterActor, 'scope'>,
  id: string,
): Promise<Campaign> {
  const campaign = await requireVisible(store, scope, id)
  if (scope.sees === 'own')
    throw new Refusal('forbidden', { detail: 'Supervisors change campaigns of their team' })
  return campaign
}

/** The team of a new or changed campaign. @throws {Refusal} `forbidden` */
export function resolveCampaignTeam(
  { scope }: CallCenterActor,
  team: string | null | undefined,
): string | null {
  if (scope.sees === 'all') return team ?? null
  if (scope.sees === 'team' && (team === undefined || team === scope.team)) return scope.team
  throw new Refusal('forbidden', { detail: 'Supervisors make campaigns of their own team' })
}
