import { setTimeout as sleep } from 'node:timers/promises'
import { type Chore, every } from '../../../runtime/interval.ts'
import { troubleFor } from '../../../runtime/log.ts'
import { createLending } from '../../core/provisioning/webrtc-credentials.ts'
import type { WebrtcRoutesNeeds } from '../../http/crm/webrtc-routes.ts'
import { createLoanStore } from '../../store/sql/provisioning/webrtc-credentials.ts'
import type { Base, Room } from './feature-module.ts'

export function joinWebrtc({
  door,
  config,
  db,
  users,
  onboarding,
  judge,
  log,
  now,
}: Base): Room<WebrtcRoutesNeeds> {
  const { ttl, websocketUrl, ice } = config.webrtc
  const lending = createLending({
    loans: createLoanStore(db),
    lender: onboarding.lender,
    extensions: onboarding.extensions,
    users,
    judge,
    seal: onboarding.seal,
    ttl,
    now,
    wait: (ms) => sleep(ms),
    onTrouble: (what, err) => log.warn({ event: 'lending', what, err }, what),
  })
  let chore: Chore | undefined
  return {
    routes: { door, lending, ice, place: { domain: config.sipServer.domain, websocketUrl } },
    open() {
      if (onboarding.lender === undefined) return
      chore = every(1_000, lending.tend, troubleFor(log)('loans could not be seen to'))
    },
    async close() {
      chore?.stop()
    },
  }
}
