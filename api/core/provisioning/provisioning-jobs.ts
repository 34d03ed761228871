import { redact } from '../../../runtime/log.ts'
import { toUnixSeconds } from '../../../runtime/time.ts'
import type { ChangedBy } from '../auth/account-admin.ts'
import type { SecurityLog } from '../auth/security-log.ts'
import type { UserStore } from '../auth/users.ts'
import { Refusal } from '../refusal.ts'
import type { Extension, ExtensionStore } from './extensions.ts'

/**
 * - `waiting` the first attempt is to come or under way
 * - `failing` an attempt failed; another one comes at `nextTryAt`
 * - `stuck` it is overdue: no API with a provisioner runs, or none gets to it
 * - `external` the PBX has this extension already, not from us: a person has to look at it there
 */
export const JOB_STATES = ['waiting', 'failing', 'stuck', 'external'] as const
export type JobState = (typeof JOB_STATES)[number]

/** An extension that is not yet as it should be on the PBX. Times are unix seconds. */
export interface ProvisioningJob {
  extension: string
  action: 'create' | 'remove' | 'none'
  state: JobState
  userId: string | null
  username: string | null
  attempts: number
  /** When it got its state, such as the removal of its user. */
  since: number
  /** Null for `external`. */
  nextTryAt: number | null
  /** Without secrets. */
  lastError: string | null
}

/** What an administrator does about provisioning, over HTTP or on the command line. */
export interface ProvisioningJobs {
  /** By extension. */
  list(filter?: { state?: JobState | undefined }): Promise<ProvisioningJob[]>
  /**
   * A running API tries again within seconds.
   * @throws {Refusal} `not_found`, `conflict` for an `external` extension
   */
  retry(extension: string, by: ChangedBy): Promise<void>
  /** @returns how many */
  retryAll(by: ChangedBy): Promise<number>
}

export interface ProvisioningJobsNeeds {
  extensions: Pick<ExtensionStore, 'listUnfinished' | 'update'>
  users: Pick<UserStore, 'findAll'>
  securityLog: SecurityLog
  now: () => number
}

/** The queue is looked at every 5 s, and an attempt takes up to 90 s. */
const OVERDUE_S = 120

export function createProvisioningJobs(needs: ProvisioningJobsNeeds): ProvisioningJobs {
  const { extensions, users, securityLog } = needs
  const nowS = () => toUnixSeconds(needs.now())

  function stateOf(one: Extension): JobState {
    if (!isRetryable(one)) return 'external'
    if (one.nextTryAt < nowS() - OVERDUE_S) return 'stuck'
    return one.lastError === null ? 'waiting' : 'failing'
  }

  async function retryOne(one: Extension, by: ChangedBy): Promise<boolean> {
    const changed = await extensions.update(one, { nextTryAt: nowS() })
    if (changed === undefined) return false
    securityLog.write({ event: 'provisioning_retried', target: one.extension, ...by })
    return true
  }

  return {
    async list({ state } = {}) {
      const all = (await extensions.listUnfinished()).filter(
        (one) => state === undefined || stateOf(one) === state,
      )
      const named = await users.findAll(all.flatMap(({ userId }) => userId ?? []))
      const nameOf = new Map(named.map(({ id, username }) => [id, username]))
      return all.map((one) => ({
        extension: one.extension,
        action: one.state === 'provisioning' ? 'create' : one.state === 'deprovisioning' ? 'remove' : 'none',
        state: stateOf(one),
        userId: one.userId,
        username: nameOf.get(one.userId ?? '') ?? null,
        attempts: one.attempts,
        since: one.changedAt,
        nextTryAt: isRetryable(one) ? one.nextTryAt : null,
        lastError: one.lastError === null ? null : redact(one.lastError),
      }))
    },
    async retry(extension, by) {
      const job = (await extensions.listUnfinished()).find((one) => one.extension === extension)
      if (job === undefined)
        throw new Refusal('not_found', { detail: `nothing is to be done for ${extension}` })
      if (!isRetryable(job)) {
        throw new Refusal('conflict', {
          detail: `the PBX has ${extension} already, not from us: remove it there, or leave it`,
        })
      }
      // Otherwise an attempt is under way at this moment.
      await retryOne(job, by)
    },
    async retryAll(by) {
      const waiting = (await extensions.listUnfinished()).filter(isRetryable)
      const retried = await Promise.all(waiting.map((one) => retryOne(one, by)))
      return retried.filter(Boolean).length
    },
  }
}

const isRetryable = ({ state }: Extension) => state === 'provisioning' || state === 'deprovisioning'
