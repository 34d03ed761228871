import { toUnixSeconds } from '../../../../runtime/time.ts'
import { Refusal } from '../../refusal.ts'
import type { CallCenterActor } from '../agents/call-center-actor.ts'
import { CAMPAIGN_STATUSES, type Campaign, type CampaignStatus } from './campaign.ts'
import { requireEditable } from './campaign-access.ts'
import type { CampaignStore } from './campaign-store.ts'

/**
 * Starts and ends campaigns. Calls in progress go on in each case.
 * All throw {Refusal} `conflict` if the campaign's status does not allow it, `not_found`, `forbidden`.
 */
export interface CampaignLifecycle {
  /** From `draft` and `paused`; from `completed` if no user stopped it and leads wait again. */
  start(by: CallCenterActor, id: string): Promise<Campaign>
  /** Stops dialing until the campaign is started again; its automation setting is kept. */
  pause(by: CallCenterActor, id: string): Promise<Campaign>
  /** Final: a stopped campaign cannot be started again. */
  stop(by: CallCenterActor, id: string): Promise<Campaign>
  /** Only for an active campaign. Idempotent. */
  startAutomation(by: CallCenterActor, id: string): Promise<Campaign>
  stopAutomation(by: CallCenterActor, id: string): Promise<Campaign>
}

export interface CampaignLifecycleNeeds {
  store: Pick<CampaignStore, 'find' | 'transition' | 'waitingZones'>
  now(): number
}

type StatusChange = Parameters<CampaignStore['transition']>[2]

export function createCampaignLifecycle({ store, now }: CampaignLifecycleNeeds): CampaignLifecycle {
  async function transition(
    by: CallCenterActor,
    id: string,
    from: readonly CampaignStatus[],
    to: StatusChange,
  ): Promise<Campaign> {
    const isChanged = await store.transition(id, from, to, toUnixSeconds(now()))
    const campaign = await requireEditable(store, by, id)
    if (!isChanged) throw conflict(`somebody changed it meanwhile: it is ${statusName(campaign)}`)
    return campaign
  }

  return {
    async start(by, id) {
      const campaign = await requireEditable(store, by, id)
      const { status, stopped } = campaign
      if (status === 'active') throw conflict('it is ACTIVE already')
      if (stopped) throw conflict('it was stopped for good: make a new one')
      if (status === 'completed' && (await store.waitingZones(id)).length === 0) {
        throw conflict('it is COMPLETED and no lead waits: add leads first')
      }
      return transition(by, id, [status], { status: 'active' })
    },

    async pause(by, id) {
      const campaign = await requireEditable(store, by, id)
      if (campaign.status !== 'active')
        throw conflict(`only an ACTIVE one can be paused: it is ${statusName(campaign)}`)
      return transition(by, id, ['active'], { status: 'paused' })
    },

    async stop(by, id) {
      const campaign = await requireEditable(store, by, id)
      if (!['active', 'paused'].includes(campaign.status)) {
        throw conflict(`only an ACTIVE or PAUSED one can be stopped: it is ${statusName(campaign)}`)
      }
      return transition(by, id, ['active', 'paused'], {
        status: 'completed',
        automation: false,
        stopped: true,
      })
    },

    async startAutomation(by, id) {
      const campaign = await requireEditable(store, by, id)
      if (campaign.status !== 'active')
        throw conflict(`only an ACTIVE one dials by itself: it is ${statusName(campaign)}`)
      if (campaign.dialerMode === 'preview') throw conflict('its dialerMode is PREVIEW: agents dial by hand')
      return campaign.automation ? campaign : transition(by, id, ['active'], { automation: true })
    },

    async stopAutomation(by, id) {
      const campaign = await requireEditable(store, by, id)
      return campaign.automation ? transition(by, id, CAMPAIGN_STATUSES, { automation: false }) : campaign
    },
  }
}

const conflict = (detail: string) => new Refusal('conflict', { detail })
const statusName = ({ status }: Campaign) => status.toUpperCase()
