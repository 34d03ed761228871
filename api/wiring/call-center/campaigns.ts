import { type IntervalJob, startInterval } from '../../../runtime/interval.ts'
import { failureLogger } from '../../../runtime/log.ts'
import { toUnixSeconds } from '../../../runtime/time.ts'
import { newId } from '../../core/auth/tokens.ts'
import { createPhoneReachability } from '../../core/call-center/agents/phone-reachability.ts'
import { toAutomationStatus } from '../../core/call-center/campaigns/automation-status.ts'
import { createAvailableAgents } from '../../core/call-center/campaigns/available-agents.ts'
import { createCampaignCallPlacer } from '../../core/call-center/campaigns/campaign-call-placer.ts'
import { createCampaignLifecycle } from '../../core/call-center/campaigns/campaign-lifecycle.ts'
import { createCampaigns } from '../../core/call-center/campaigns/campaigns.ts'
import { createDialReconciler } from '../../core/call-center/campaigns/dial-reconciler.ts'
import { createDialer } from '../../core/call-center/campaigns/dialer.ts'
import { createOutcomeSeriesReader } from '../../core/call-center/campaigns/outcome-series.ts'
import { createReadinessReader } from '../../core/call-center/campaigns/readiness.ts'
import { createTrunkCapacity } from '../../core/call-center/campaigns/trunk-capacity.ts'
import { startDeskCallNotifications } from '../../core/call-center/desk/desk-notifier.ts'
import type { CampaignRoutesNeeds } from '../../http/crm/campaign-routes.ts'
import type { CampaignReportRoutesNeeds } from '../../http/v1/campaign-routes.ts'
import { createLease } from '../../store/redis/lease.ts'
import { createOutcomeSeriesStore } from '../../store/sql/call-center/outcome-series.ts'
import type { CallCenterDeps, FeatureModule } from './feature-module.ts'

const TICK_MS = 500

export interface CampaignsModule extends FeatureModule<CampaignRoutesNeeds> {
  /** For the routes of v1. */
  reports: Omit<CampaignReportRoutesNeeds, 'guard' | 'resolveActor'>
}

export function createCampaignsModule(deps: CallCenterDeps): CampaignsModule {
  const {
    authorize,
    config,
    campaigns,
    queue,
    agents,
    agentCallStore,
    placedCalls,
    history,
    policy,
    clear,
    callModule,
    callRecords,
    deskNotifier,
    now,
  } = deps
  const { calls, callTracker, directory, statuses, presence, supervision, isOnline } = callModule
  const reportFailure = failureLogger(deps.log)
  const onNote = (event: string, about: Record<string, unknown> & { note: string }) =>
    deps.log.warn({ event, ...about }, about.note)
  const trunkCapacity = createTrunkCapacity({ limits: config.trunks, live: callTracker.live })
  const availableAgents = createAvailableAgents({
    agents,
    statusOf: statuses.statusOf,
    isReachable: createPhoneReachability(presence),
    isInCall: (extension) =>
      callTracker.ofEndpoints(directory.endpointsOf(extension)).length > 0 ||
      supervision.isSupervising(directory.findByExtension(extension)?.userId ?? ''),
    canPresentNumber: (extension, number) =>
      number === extension || policy().allowedCallerNumber(extension, number) !== undefined,
    now,
  })
  const lease = createLease({
    redis: deps.redis,
    name: 'campaigns',
    instance: newId(),
    monotonic: deps.monotonic,
    onFailure: reportFailure(
      'campaign_lease_request',
      'the lease of the campaign dialer could not be requested',
    ),
    onListenerError: reportFailure.once('listener', 'a listener failed'),
  })
  const notifyDesk = (agentId: string) => deskNotifier.agentsChanged([agentId])
  const callPlacer = createCampaignCallPlacer({
    ...{ queue, calls, agentCallStore, agents, clear, lease, now },
    campaigns,
    onNote,
    onAgentChange: notifyDesk,
    onFailure: reportFailure('lead_dial', 'a lead could not be dialed'),
  })
  const reconciler = createDialReconciler({
    ...{ queue, agents, agentCallStore, placedCalls, history, now },
    campaigns,
    findLiveCall: callTracker.find,
    endpointsOf: directory.endpointsOf,
    hasResult: async (call) => (await callRecords.findResult(call)) !== undefined,
    isPlacing: callPlacer.isPlacing,
    onNote,
    onAgentFree: notifyDesk,
    onFailure: reportFailure('lead_call_result', 'the result of a lead’s call could not be recorded'),
  })
  const dialer = createDialer({
    ...{ lease, queue, reconciler, availableAgents, trunkCapacity, callPlacer, isOnline, newId, now },
    campaigns,
  })
  const readinessOf = createReadinessReader({
    ...{ campaigns, queue, availableAgents, trunkCapacity, lease, callPlacer, isOnline, now },
  })
  const campaignService = createCampaigns({
    ...{ store: campaigns, agents, timeZone: config.timeZone, trunks: [...config.trunks.keys()], now },
  })
  let job: IntervalJob | undefined
  let stopDeskNotifications = () => {}
  return {
    routes: {
      authorize,
      campaigns: campaignService,
      lifecycle: createCampaignLifecycle({ store: campaigns, now }),
      statusReportOf: async (campaign) => toAutomationStatus(await readinessOf(campaign)),
    },
    reports: {
      campaigns: campaignService,
      readinessOf,
      outcomesOf: createOutcomeSeriesReader({
        store: createOutcomeSeriesStore(deps.db),
        timeZone: config.timeZone,
        now,
      }),
    },
    open() {
      const tick = async () => {
        // First, so that the dialer rings no agent after their session expired while the API was down.
        await agents.setLapsedOffline(toUnixSeconds(now()))
        await dialer.tick()
      }
      const onFailure = reportFailure('campaign_dialer_tick', 'campaigns could not be dialed')
      job = startInterval(TICK_MS, tick, onFailure)
      stopDeskNotifications = startDeskCallNotifications({
        tracker: callTracker,
        directory,
        notifier: deskNotifier,
        // One API dials, and it alone notifies.
        isResponsible: () => lease.fence() !== undefined,
      })
    },
    async close() {
      job?.stop()
      stopDeskNotifications()
      await lease.close()
      await callPlacer.drained()
    },
  }
}
