import { setTimeout as sleep } from 'node:timers/promises'
import { type Chore, every } from '../../../runtime/interval.ts'
import { troubleFor } from '../../../runtime/log.ts'
import { createInviting } from '../../core/registration/email-invitations.ts'
import { createRegistering } from '../../core/registration/email-registration.ts'
import { createOutbox, type Outbox } from '../../core/registration/outbox.ts'
import { createLetterWriter } from '../../core/registration/render-mail.ts'
import type { AuthRoutesNeeds } from '../../http/crm/auth-routes.ts'
import { roleName } from '../../http/crm/wire.ts'
import { createLogMailer, createMailer } from '../../mail/smtp-mailer.ts'
import { createThrottle } from '../../store/redis/rate-limiter.ts'
import { createInviteStore } from '../../store/sql/registration/email-invitations.ts'
import { createRegistrationStore } from '../../store/sql/registration/email-registrations.ts'
import { createMailStore } from '../../store/sql/registration/mail-queue.ts'
import type { Base, Room } from './feature-module.ts'

/** How long a mail on its way is waited for: one that is cut off may come late, and twice. */
const FAREWELL_MS = 2_000

/** Mail to one address, from whomever it was asked for. */
const PER_MAILBOX = { most: 5, window: 3_600 }

export function joinMembership(base: Base): Room<AuthRoutesNeeds> {
  const { config, db, redis, users, passwords, registerThrottle: throttle, now, log, door, login } = base
  const store = createRegistrationStore(db)
  const invites = createInviteStore(db)
  const common = { mode: config.registration, hasMail: config.mail !== undefined, passwords, throttle, now }
  const outbox = openOutbox()

  function openOutbox(): Outbox | undefined {
    const { mail, appUrl } = config
    if (mail === undefined) return undefined
    return createOutbox({
      store: createMailStore(db),
      mailer: mail.to === 'log' ? createLogMailer(log) : createMailer(mail),
      write: createLetterWriter({
        registrations: store,
        invites,
        users,
        roleName: (role) => roleName(role ?? 'user'),
        appUrl,
        now,
      }),
      now,
      onTrouble: (what, { id, kind, tries }, err) =>
        log.warn({ event: 'mail_failed', id, kind, tries, err }, what),
    })
  }

  const chores: Chore[] = []
  return {
    routes: {
      door,
      login,
      users,
      accessTtl: Math.min(config.crmAccessTtl, config.longestLifetime),
      registering: createRegistering({
        ...common,
        store,
        mailThrottle: createThrottle(redis, {
          surface: 'mailbox',
          perAddress: PER_MAILBOX,
        }),
      }),
      inviting: createInviting({ ...common, store: invites, users }),
    },
    open() {
      const trouble = troubleFor(log)
      if (outbox !== undefined) chores.push(every(1_000, outbox.tend, trouble('mail could not be seen to')))
      const forget = () => store.forgetExpired(Math.floor(now() / 1000))
      chores.push(every(600_000, forget, trouble('old registrations could not be forgotten')))
    },
    async close() {
      for (const chore of chores) chore.stop()
      await Promise.race([Promise.all(chores.map((chore) => chore.idle())), sleep(FAREWELL_MS)])
    },
  }
}
