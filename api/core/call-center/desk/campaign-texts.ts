import type { CallCenterActor } from '../agents/call-center-actor.ts'
import type { Disposition } from './disposition.ts'

/** What a campaign shows its agents, each apart from the campaign's rules and with a version of its own. */
export interface CampaignTextBodies {
  script: string
  dispositions: readonly Disposition[]
}
export type CampaignTextKind = keyof CampaignTextBodies

export interface CampaignText<Kind extends CampaignTextKind> {
  body: CampaignTextBodies[Kind]
  /** 1 while none is stored, and one more with each change. */
  version: number
  /** Whether none is stored: then the body is empty, or the usual dispositions. */
  isDefault: boolean
}

/** Agents read those of the campaigns they work in; supervisors change those of their team. */
export interface CampaignTexts {
  /** @throws {Refusal} `not_found` also for a campaign outside the scope */
  find<Kind extends CampaignTextKind>(
    by: CallCenterActor,
    campaignId: string,
    kind: Kind,
  ): Promise<CampaignText<Kind>>
  /**
   * @param version that the client has read; undefined: the last write wins
   * @throws {Refusal} `not_found`, `forbidden`, `stale`, `input_invalid` for dispositions that share a key
   */
  set<Kind extends CampaignTextKind>(
    by: CallCenterActor,
    campaignId: string,
    kind: Kind,
    body: CampaignTextBodies[Kind],
    version: number | undefined,
  ): Promise<CampaignText<Kind>>
}
