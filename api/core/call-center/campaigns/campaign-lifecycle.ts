import { Refusal } from '../../refusal.ts'
import type { Standing } from '../agents/call-center-actor.ts'
import type { Campaign, CampaignStatus } from './campaign.ts'
import type { CampaignStore } from './campaign-store.ts'
import { changeable } from './campaigns.ts'

/**
 * Starts and ends campaigns. Calls that are under way go on, whatever is done.
 * All throw {Refusal} `conflict` where a campaign is in no state for it, `not_found`, `forbidden`.
 */
export interface Running {
  /** From `draft` and `paused`; from `completed` where nobody stopped it and leads wait again. */
  start(by: Standing, id: string): Promise<Campaign>
  /** It dials no more until it is started, and then by itself as before. */
  pause(by: Standing, id: string): Promise<Campaign>
  /** For good. */
  stop(by: Standing, id: string): Promise<Campaign>
  /** Only of an active one. Doing it twice is no fault. */
  startAutomation(by: Standing, id: string): Promise<Campaign>
  stopAutomation(by: Standing, id: string): Promise<Campaign>
}

export interface RunningNeeds {
  store: Pick<CampaignStore, 'find' | 'step' | 'waiting'>
  now(): number
}

type Step = Parameters<CampaignStore['step']>[2]
const EVERY: readonly CampaignStatus[] = ['draft', 'active', 'paused', 'completed']

export function createRunning({ store, now }: RunningNeeds): Running {
  async function step(
    by: Standing,
    id: string,
    from: readonly CampaignStatus[],
    to: Step,
  ): Promise<Campaign> {
    const isDone = await store.step(id, from, to, Math.floor(now() / 1_000))
    const campaign = await changeable(store, by, id)
    if (!isDone) throw conflict(`somebody changed it meanwhile: it is ${word(campaign)}`)
    return campaign
  }

  return {
    async start(by, id) {
      const campaign = await changeable(store, by, id)
      const { status, stopped } = campaign
      if (status === 'active') throw conflict('it is ACTIVE already')
      if (stopped) throw conflict('it was stopped for good: make a new one')
      if (status === 'completed' && (await store.waiting(id)).length === 0) {
        throw conflict('it is COMPLETED and no lead waits: add leads first')
      }
      return step(by, id, [status], { status: 'active' })
    },

    async pause(by, id) {
      const campaign = await changeable(store, by, id)
      if (campaign.status !== 'active')
        throw conflict(`only an ACTIVE one can be paused: it is ${word(campaign)}`)
      return step(by, id, ['active'], { status: 'paused' })
    },

    async stop(by, id) {
      const campaign = await changeable(store, by, id)
      if (!['active', 'paused'].includes(campaign.status)) {
        throw conflict(`only an ACTIVE or PAUSED one can be stopped: it is ${word(campaign)}`)
      }
      return step(by, id, ['active', 'paused'], { status: 'completed', automation: false, stopped: true })
    },

    async startAutomation(by, id) {
      const campaign = await changeable(store, by, id)
      if (campaign.status !== 'active')
        throw conflict(`only an ACTIVE one dials by itself: it is ${word(campaign)}`)
      if (campaign.dialerMode === 'preview') throw conflict('its dialerMode is PREVIEW: agents dial by hand')
      return campaign.automation ? campaign : step(by, id, ['active'], { automation: true })
    },

    async stopAutomation(by, id) {
      const campaign = await changeable(store, by, id)
      return campaign.automation ? step(by, id, EVERY, { automation: false }) : campaign
    },
  }
}

const conflict = (detail: string) => new Refusal('conflict', { detail })
const word = ({ status }: Campaign) => status.toUpperCase()
