import { every } from '../../../runtime/interval.ts'
import { troubleFor } from '../../../runtime/log.ts'
import { newId } from '../../core/auth/tokens.ts'
import { createOutlook } from '../../core/call-center/campaigns/automation-status.ts'
import { createFloor } from '../../core/call-center/campaigns/available-agents.ts'
import { createPlacing } from '../../core/call-center/campaigns/campaign-call-placer.ts'
import { createRunning } from '../../core/call-center/campaigns/campaign-lifecycle.ts'
import { createCampaigns } from '../../core/call-center/campaigns/campaigns.ts'
import { createReconciler } from '../../core/call-center/campaigns/dial-reconciler.ts'
import { createDialler } from '../../core/call-center/campaigns/dialer.ts'
import { createTrunks } from '../../core/call-center/campaigns/trunk-capacity.ts'
import type { CampaignRoutesNeeds } from '../../http/crm/campaign-routes.ts'
import { createLease } from '../../store/redis/lease.ts'
import type { Base, Room } from './feature-module.ts'

const ROUND_MS = 500

export function joinCampaigns(base: Base): Room<CampaignRoutesNeeds> {
  const { door, config, campaigns, queue, agents, callLog, dialled, history, policy, clear, telephony, now } =
    base
  const { calls, table, directory, statuses, presence, isOnline } = telephony
  const trouble = troubleFor(base.log)
  const onNote = (event: string, about: Record<string, unknown> & { note: string }) =>
    base.log.warn({ event, ...about }, about.note)
  const trunks = createTrunks({ bounds: config.trunks, live: table.live })
  const floor = createFloor({
    agents,
    statusOf: statuses.of,
    isReachable: (extension) => presence.isReachable(extension) && !presence.isDnd(extension),
    isInCall: (extension) => table.ofEndpoint(directory.endpointOf(extension)).length > 0,
    mayShow: (extension, number) =>
      number === extension || policy().showable(extension, number) !== undefined,
    now,
  })
  const lease = createLease({
    redis: base.redis,
    name: 'campaigns',
    instance: newId(),
    monotonic: base.monotonic,
    onTrouble: trouble('the campaigns’ lease cannot be asked for'),
  })
  const placing = createPlacing({
    ...{ queue, calls, callLog, agents, clear, lease, now },
    campaigns,
    onNote,
    onTrouble: trouble('a lead could not be dialled'),
  })
  const reconciler = createReconciler({
    ...{ queue, agents, callLog, dialled, history, now },
    campaigns,
    liveCall: table.find,
    endpointOf: directory.endpointOf,
    isPlacing: placing.has,
    onNote,
    onTrouble: trouble('the end of a lead’s call could not be noted'),
  })
  const dialler = createDialler({
    ...{ lease, queue, reconciler, floor, trunks, placing, isOnline, newId, now },
    campaigns,
  })
  const trunkNames = [...config.trunks.keys()]
  const chores: ReturnType<typeof every>[] = []
  return {
    routes: {
      door,
      campaigns: createCampaigns({
        store: campaigns,
        agents,
        timeZone: config.timeZone,
        trunks: trunkNames,
        now,
      }),
      running: createRunning({ store: campaigns, now }),
      outlookOf: createOutlook({ campaigns, queue, floor, trunks, isOnline, now }),
    },
    open() {
      const round = async () => {
        // First, so that no agent is rung whose session ran out while the API was away.
        await agents.leaveLapsed(Math.floor(now() / 1_000))
        await dialler.round()
      }
      chores.push(every(ROUND_MS, round, trouble('campaigns could not be dialled')))
    },
    async close() {
      for (const chore of chores) chore.stop()
      await lease.close()
      await placing.idle()
    },
  }
}
