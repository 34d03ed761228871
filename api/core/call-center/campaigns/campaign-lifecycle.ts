import { Refusal } from '../../refusal.ts'
import type { CallCenterActor } from '../agents/call-center-actor.ts'
import type { Campaign, CampaignStatus } from './campaign.ts'
import type { CampaignStore } from './campaign-store.ts'
import { requireEditable } from './campaigns.ts'

/**
 * Starts and ends campaigns. Calls that are under way go on, whatever is done.
 * All throw {Refusal} `conflict` where a campaign is in no state for it, `not_found`, `forbidden`.
 */
export interface CampaignLifecycle {
  /** From `draft` and `paused`; from `completed` where nobody stopped it and leads wait again. */
  start(by: CallCenterActor, id: string): Promise<Campaign>
  /** It dials no more until it is started, and then by itself as before. */
  pause(by: CallCenterActor, id: string): Promise<Campaign>
  /** For good. */
  stop(by: CallCenterActor, id: string): Promise<Campaign>
  /** Only of an active one. Doing it twice is no fault. */
  startAutomation(by: CallCenterActor, id: string): Promise<Campaign>
  stopAutomation(by: CallCenterActor, id: string): Promise<Campaign>
}

export interface CampaignLifecycleNeeds {
  store: Pick<CampaignStore, 'find' | 'transition' | 'waitingZones'>
  now(): number
}

type StatusChange = Parameters<CampaignStore['transition']>[2]
const ANY_STATUS: readonly CampaignStatus[] = ['draft', 'active', 'paused', 'completed']

export function createCampaignLifecycle({ store, now }: CampaignLifecycleNeeds): CampaignLifecycle {
  async function transition(
    by: CallCenterActor,
    id: string,
    from: readonly CampaignStatus[],
    to: StatusChange,
  ): Promise<Campaign> {
    const isChanged = await store.transition(id, from, to, Math.floor(now() / 1_000))
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
      return campaign.automation ? transition(by, id, ANY_STATUS, { automation: false }) : campaign
    },
  }
}

const conflict = (detail: string) => new Refusal('conflict', { detail })
const statusName = ({ status }: Campaign) => status.toUpperCase()
