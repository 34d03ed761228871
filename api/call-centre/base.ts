import type { Logger } from '../../contract/log.ts'
import type { connectRedis } from '../../contract/redis.ts'
import type { Judge } from '../../contract/verdict.ts'
import type { Config } from '../config.ts'
import type { AccountChanges } from '../core/account-changes.ts'
import type { Accounts } from '../core/accounts.ts'
import type { DialledStore, HistoryStore } from '../core/calls/history.ts'
import type { CampaignStore } from '../core/campaigns/campaign-store.ts'
import type { DialQueue } from '../core/campaigns/dial-queue.ts'
import type { AgentStore } from '../core/crew/agent.ts'
import type { CallLog } from '../core/desk/call-log.ts'
import type { Clearance } from '../core/dialling/clearance.ts'
import type { DialPolicy } from '../core/dialling/policy.ts'
import type { Login, Throttle } from '../core/login.ts'
import type { MediaLinks } from '../core/media-links.ts'
import type { Passwords } from '../core/password.ts'
import type { Sessions } from '../core/sessions.ts'
import type { UserStore } from '../core/users.ts'
import type { Door } from '../dialects/crm/door.ts'
import type { Onboarding } from '../onboarding.ts'
import type { Database } from '../store/sql/database.ts'
import type { Telephony } from '../telephony.ts'

/** What the rooms of the call centre are built from. */
export interface Base {
  config: Config
  db: Database
  redis: ReturnType<typeof connectRedis>
  users: UserStore
  accounts: Accounts
  changes: AccountChanges
  passwords: Passwords
  sessions: Sessions
  login: Login
  registerThrottle: Pick<Throttle, 'takeAddress'>
  judge: Judge
  door: Door
  agents: AgentStore
  callLog: CallLog
  campaigns: CampaignStore
  queue: DialQueue
  telephony: Telephony
  onboarding: Onboarding
  policy: () => DialPolicy
  clear: Clearance
  history: HistoryStore
  dialled: DialledStore
  mediaLinks: MediaLinks
  log: Logger
  now: () => number
  monotonic: () => number
}

/** One room, joined: what its routes need, and what it does by itself. */
export interface Room<RoutesNeeds> {
  routes: RoutesNeeds
  open?(): void
  close?(): Promise<void>
}
