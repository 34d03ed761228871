import { toUnixSeconds } from '../../../../runtime/time.ts'
import { invalidInput } from '../../refusal.ts'
import { requireEditable, requireVisible } from '../campaigns/campaign-access.ts'
import type { CampaignStore } from '../campaigns/campaign-store.ts'
import { CLOSED_STATUSES } from '../leads/queue-state.ts'
import type { CampaignText, CampaignTextBodies, CampaignTextKind, CampaignTexts } from './campaign-texts.ts'
import { DEFAULT_DISPOSITIONS, type Disposition } from './disposition.ts'

export interface CampaignTextStore {
  find<Kind extends CampaignTextKind>(
    campaignId: string,
    kind: Kind,
  ): Promise<{ body: CampaignTextBodies[Kind]; version: number } | undefined>
  /**
   * @param version expected version, 1 while none is stored; undefined skips the check
   * @returns the new version
   * @throws {Refusal} `stale`
   */
  put<Kind extends CampaignTextKind>(
    campaignId: string,
    text: { kind: Kind; body: CampaignTextBodies[Kind]; version: number | undefined; now: number },
  ): Promise<number>
}

export interface CampaignTextsNeeds {
  store: CampaignTextStore
  campaigns: Pick<CampaignStore, 'find'>
  now(): number
}

const DEFAULTS: CampaignTextBodies = { script: '', dispositions: DEFAULT_DISPOSITIONS }

export function createCampaignTexts({ store, campaigns, now }: CampaignTextsNeeds): CampaignTexts {
  return {
    async find({ scope }, campaignId, kind) {
      await requireVisible(campaigns, scope, campaignId)
      return readCampaignText(store, campaignId, kind)
    },
    async set(by, campaignId, kind, body, version) {
      if (kind === 'dispositions') validateDispositions(body as readonly Disposition[]) // of this kind
      await requireEditable(campaigns, by, campaignId)
      const stored = await store.put(campaignId, { kind, body, version, now: toUnixSeconds(now()) })
      return { body, version: stored, isDefault: false }
    },
  }
}

/** What a campaign shows its agents, also agents who do not work in it but call one of its leads. */
export async function readCampaignText<Kind extends CampaignTextKind>(
  store: Pick<CampaignTextStore, 'find'>,
  campaignId: string,
  kind: Kind,
): Promise<CampaignText<Kind>> {
  const stored = await store.find(campaignId, kind)
  return stored === undefined
    ? { body: DEFAULTS[kind], version: 1, isDefault: true }
    : { ...stored, isDefault: false }
}

/** @throws {Refusal} `input_invalid` */
export function validateDispositions(dispositions: readonly Disposition[]): void {
  const keys = new Set(dispositions.map(({ key }) => key))
  if (keys.size < dispositions.length) throw invalidInput('dispositions: each key may be there once')
  for (const { key, effect, leadStatus } of dispositions) {
    const isClosed = leadStatus !== null && CLOSED_STATUSES.includes(leadStatus)
    if (isClosed && (effect === 'retry' || effect === 'callback')) {
      throw invalidInput(`dispositions: key ${key}: a lead that is ${leadStatus} is not called again`)
    }
    if ((leadStatus === 'do_not_call') !== (effect === 'do_not_call') && leadStatus !== null) {
      throw invalidInput(`dispositions: key ${key}: the status and the effect do_not_call go together`)
    }
  }
}
