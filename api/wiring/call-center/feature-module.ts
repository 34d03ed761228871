import type { TokenVerifier } from '../../../contract/verdict.ts'
import type { Logger } from '../../../runtime/log.ts'
import type { connectRedis } from '../../../runtime/redis.ts'
import type { Config } from '../../config/config.ts'
import type { AccountAdmin } from '../../core/auth/account-admin.ts'
import type { Accounts } from '../../core/auth/accounts.ts'
import type { Login } from '../../core/auth/login.ts'
import type { MediaLinks } from '../../core/auth/media-links.ts'
import type { NewPasswords } from '../../core/auth/new-passwords.ts'
import type { Passwords } from '../../core/auth/password.ts'
import type { RateLimiter } from '../../core/auth/rate-limiter.ts'
import type { Sessions } from '../../core/auth/sessions.ts'
import type { UserStore } from '../../core/auth/users.ts'
import type { AgentStore } from '../../core/call-center/agents/agent.ts'
import type { Agents } from '../../core/call-center/agents/agents.ts'
import type { AgentCallStore } from '../../core/call-center/calls/agent-call.ts'
import type { CampaignStore } from '../../core/call-center/campaigns/campaign-store.ts'
import type { DialQueue } from '../../core/call-center/campaigns/dial-queue.ts'
import type { CallRecordStore } from '../../core/call-center/desk/call-records.ts'
import type { DeskNotifier } from '../../core/call-center/desk/desk-notifier.ts'
import type { HistoryStore, PlacedCallStore } from '../../core/calls/call-history.ts'
import type { Clearance } from '../../core/dial-policy/clearance.ts'
import type { DialPolicy } from '../../core/dial-policy/dial-policy.ts'
import type { UserMessages } from '../../core/messaging/user-messages.ts'
import type { Authorize } from '../../http/crm/authorize.ts'
import type { Database } from '../../store/sql/database.ts'
import type { CallModule } from '../calls.ts'
import type { ProvisioningModule } from '../provisioning.ts'

/** What the modules of the call center are built from. */
export interface CallCenterDeps {
  config: Config
  db: Database
  redis: ReturnType<typeof connectRedis>
  users: UserStore
  accounts: Accounts
  changes: AccountAdmin
  passwords: Pick<NewPasswords, 'hash'> & Pick<Passwords, 'verify'>
  sessions: Sessions
  login: Login
  registrationRateLimiter: Pick<RateLimiter, 'consume'>
  tokenVerifier: TokenVerifier
  authorize: Authorize
  agents: AgentStore
  agentService: Agents
  /** Results and notes that agents store about calls. */
  callRecords: CallRecordStore
  deskNotifier: DeskNotifier
  userMessages: UserMessages
  agentCallStore: AgentCallStore
  campaigns: CampaignStore
  queue: DialQueue
  callModule: CallModule
  provisioning: ProvisioningModule
  policy: () => DialPolicy
  clear: Clearance
  history: HistoryStore
  placedCalls: PlacedCallStore
  mediaLinks: MediaLinks
  log: Logger
  now: () => number
  monotonic: () => number
}

/** One module: what its routes need, and the start and end of its background jobs. */
export interface FeatureModule<RoutesNeeds> {
  routes: RoutesNeeds
  open?(): void
  close?(): Promise<void>
}
