import { setTimeout as sleep } from 'node:timers/promises'
import { createIntervalJobs } from '../../../runtime/interval-jobs.ts'
import { failureLogger } from '../../../runtime/log.ts'
import { toUnixSeconds } from '../../../runtime/time.ts'
import { createEmailInvitations } from '../../core/registration/email-invitations.ts'
import { createEmailRegistration } from '../../core/registration/email-registration.ts'
import { createOutbox, type Outbox } from '../../core/registration/outbox.ts'
import { createMailRenderer } from '../../core/registration/render-mail.ts'
import type { AuthRoutesNeeds } from '../../http/crm/auth-routes.ts'
import { toCrmRole } from '../../http/crm/wire.ts'
import { createLogMailer, createSmtpMailer } from '../../mail/smtp-mailer.ts'
import { createMailboxLimiter } from '../../store/redis/rate-limiter.ts'
import { createEmailInvitationStore } from '../../store/sql/registration/email-invitations.ts'
import { createEmailRegistrationStore } from '../../store/sql/registration/email-registrations.ts'
import { createMailQueue } from '../../store/sql/registration/mail-queue.ts'
import { createPasswordResetStore } from '../../store/sql/registration/password-resets.ts'
import type { CallCenterDeps, FeatureModule } from './feature-module.ts'

/** How long shutdown waits for a mail that is being sent: a mail that is interrupted may arrive late, and twice. */
const DRAIN_TIMEOUT_MS = 2_000

export function createRegistrationModule(deps: CallCenterDeps): FeatureModule<AuthRoutesNeeds> {
  const {
    config,
    db,
    redis,
    users,
    passwords,
    registrationRateLimiter: throttle,
    now,
    log,
    authorize,
    login,
  } = deps
  const store = createEmailRegistrationStore(db)
  const invitations = createEmailInvitationStore(db)
  const passwordResets = createPasswordResetStore(db)
  const common = { mode: config.registration, hasMail: config.mail !== undefined, passwords, throttle, now }
  const outbox = openOutbox()

  function openOutbox(): Outbox | undefined {
    const { mail, appUrl } = config
    if (mail === undefined) return undefined
    return createOutbox({
      queue: createMailQueue(db),
      mailer: mail.to === 'log' ? createLogMailer(log) : createSmtpMailer(mail),
      render: createMailRenderer({
        registrations: store,
        passwordResets,
        invitations,
        users,
        roleName: (role) => toCrmRole(role ?? 'user'),
        appUrl,
        consoleUrl: config.consoleUrl,
        now,
      }),
      now,
      onError: (what, { id, kind, tries }, err) =>
        log.warn({ event: 'mail_failed', id, kind, tries, err }, what),
    })
  }

  const jobs = createIntervalJobs()
  return {
    routes: {
      authorize,
      login,
      users,
      accessTtl: Math.min(config.crmAccessTtl, config.longestLifetime),
      emailRegistration: createEmailRegistration({
        ...common,
        store,
        mailThrottle: createMailboxLimiter(redis),
      }),
      emailInvitations: createEmailInvitations({ ...common, store: invitations, users }),
    },
    open() {
      const reportFailure = failureLogger(log)
      if (outbox !== undefined)
        jobs.start(1_000, outbox.tick, reportFailure('mail_queue_tick', 'queued mail could not be processed'))
      const deleteExpired = async () => {
        await store.deleteExpired(toUnixSeconds(now()))
        await passwordResets.deleteExpired(toUnixSeconds(now()))
      }
      jobs.start(
        600_000,
        deleteExpired,
        reportFailure('registration_purge', 'expired registrations could not be deleted'),
      )
    },
    async close() {
      jobs.stop()
      await Promise.race([jobs.drained(), sleep(DRAIN_TIMEOUT_MS)])
    },
  }
}
