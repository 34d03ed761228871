import { setTimeout as sleep } from 'node:timers/promises'
import { troubleFor } from '../../contract/log.ts'
import { type Chore, every } from '../chore.ts'
import { createDesk } from '../core/desk/desk.ts'
import { createDeskDialling } from '../core/desk/desk-dialling.ts'
import { createLine } from '../core/desk/line.ts'
import { createOverseeing } from '../core/desk/overseeing.ts'
import { createSightings } from '../core/desk/sightings.ts'
import { newId } from '../core/tokens.ts'
import type { CallRoutesNeeds } from '../dialects/crm/call-routes.ts'
import { createDialKeys } from '../store/redis/dial-keys.ts'
import { createDeskLeads } from '../store/sql/desk-leads.ts'
import type { Base, Room } from './base.ts'
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
