import { setTimeout as sleep } from 'node:timers/promises'
import { type IntervalJob, startInterval } from '../../../runtime/interval.ts'
import { failureLogger } from '../../../runtime/log.ts'
import { newId } from '../../core/auth/tokens.ts'
import { createAgentLookup } from '../../core/call-center/agents/agent-lookup.ts'
import { createAgentCallPlacer } from '../../core/call-center/calls/agent-call-placer.ts'
import { createAgentCalls } from '../../core/call-center/calls/agent-calls.ts'
import { createCallFinder } from '../../core/call-center/calls/call-finder.ts'
import { createPbxLinkStatus } from '../../core/call-center/calls/pbx-link-status.ts'
import type { CrmCallRoutesNeeds } from '../../http/crm/call-routes.ts'
import { createIdempotencyKeys } from '../../store/redis/idempotency-keys.ts'
import { createLeadLookup } from '../../store/sql/call-center/lead-lookup.ts'
import type { CallCenterDeps, FeatureModule } from './feature-module.ts'
import { buildCallStats } from './stats.ts'

export function createCallsModule(deps: CallCenterDeps): FeatureModule<CrmCallRoutesNeeds> {
  const { authorize, config, db, redis, agents, agentCallStore, policy, clear, mediaLinks, log, now } = deps
  const { history, placedCalls, campaigns, queue } = deps
  const { calls, callTracker, directory, isOnline } = deps.callModule
  const agentLookup = createAgentLookup({ agents, directory, now })
  const callPlacer = createAgentCallPlacer({
    directory,
    calls,
    leadLookup: createLeadLookup(db),
    agents,
    campaigns,
    queue,
    callTracker,
    agentCallStore,
    idempotencyKeys: createIdempotencyKeys(redis),
    policy,
    clear,
    newId,
    now,
    pause: (ms) => sleep(ms, undefined, { ref: false }),
    onFailure: failureLogger(log)('agent_call_rollback', 'what a failed call left could not be undone'),
  })
  const callFinder = createCallFinder({
    agentCallStore,
    callTracker,
    history,
    placedCalls,
    agents,
    directory,
    agentLookup,
  })
  const agentCalls = createAgentCalls({
    callPlacer,
    calls,
    callFinder,
    agentLookup,
    agents,
    directory,
    mediaLinks,
  })
  const pbxLinkStatus = createPbxLinkStatus({
    hasPbx: config.pbx !== undefined,
    isOnline,
    monotonic: deps.monotonic,
  })
  const { activeCalls } = buildCallStats(deps)
  const sipDomain = config.sipServer.domain === '' ? undefined : config.sipServer.domain
  let job: IntervalJob | undefined
  return {
    routes: {
      authorize,
      agentCalls,
      pbxLinkStatus,
      activeCalls: ({ callCenterActor }) => activeCalls(callCenterActor.scope),
      sipDomain,
    },
    open() {
      job = startInterval(
        1_000,
        async () => pbxLinkStatus.check(),
        failureLogger(log)('pbx_link_status', 'the status of the link to the PBX could not be read'),
      )
    },
    async close() {
      job?.stop()
    },
  }
}
