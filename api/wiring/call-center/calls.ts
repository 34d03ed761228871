import { setTimeout as sleep } from 'node:timers/promises'
import { type Chore, every } from '../../../runtime/interval.ts'
import { troubleFor } from '../../../runtime/log.ts'
import { newId } from '../../core/auth/tokens.ts'
import { createOverseeing } from '../../core/call-center/agents/agent-lookup.ts'
import { createDeskDialling } from '../../core/call-center/calls/agent-call-placer.ts'
import { createDesk } from '../../core/call-center/calls/agent-calls.ts'
import { createSightings } from '../../core/call-center/calls/call-finder.ts'
import { createLine } from '../../core/call-center/calls/pbx-link-status.ts'
import type { CallRoutesNeeds } from '../../http/crm/call-routes.ts'
import { createDialKeys } from '../../store/redis/idempotency-keys.ts'
import { createDeskLeads } from '../../store/sql/call-center/lead-lookup.ts'
import type { Base, Room } from './feature-module.ts'
import { statsOf } from './stats.ts'

export function joinCalls(base: Base): Room<CallRoutesNeeds> {
  const { door, config, db, redis, agents, callLog, policy, clear, mediaLinks, log, now } = base
  const { history, dialled, campaigns, queue } = base
  const { calls, table, directory, isOnline } = base.telephony
  const overseeing = createOverseeing({ agents, directory, now })
  const dialling = createDeskDialling({
    directory,
    calls,
    leads: createDeskLeads(db),
    agents,
    campaigns,
    queue,
    table,
    callLog,
    keys: createDialKeys(redis),
    policy,
    clear,
    newId,
    now,
    pause: (ms) => sleep(ms, undefined, { ref: false }),
    onTrouble: (what, err) => troubleFor(log)(what)(err),
  })
  const sightings = createSightings({ callLog, table, history, dialled, agents, directory, overseeing })
  const desk = createDesk({
    dialling,
    calls,
    sightings,
    overseeing,
    agents,
    directory,
    mediaLinks,
  })
  const line = createLine({ hasPbx: config.pbx !== undefined, isOnline, monotonic: base.monotonic })
  const { activeCalls } = statsOf(base)
  const sipDomain = config.sipServer.domain === '' ? undefined : config.sipServer.domain
  let chore: Chore | undefined
  return {
    routes: { door, desk, line, activeCalls: ({ standing }) => activeCalls(standing.scope), sipDomain },
    open() {
      chore = every(
        1_000,
        async () => line.look(),
        troubleFor(log)('the way to the PBX could not be looked at'),
      )
    },
    async close() {
      chore?.stop()
    },
  }
}
