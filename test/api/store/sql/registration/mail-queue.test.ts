import { describe, expect, test } from 'vitest'
import { createOutbox } from '../../../../../api/core/registration/outbox.ts'
import { openDatabase } from '../../../../../api/store/sql/database.ts'
import { migrate } from '../../../../../api/store/sql/migrate.ts'
import { createEmailRegistrationStore } from '../../../../../api/store/sql/registration/email-registrations.ts'
import { createMailQueue } from '../../../../../api/store/sql/registration/mail-queue.ts'
import { readMailQueueState } from '../../../../../api/store/sql/registration/mail-queue-state.ts'
import { onBothEngines } from '../engines.ts'
import { NOW, storesOf } from './fixtures/stores.ts'

describe('a queued mail', () => {
  onBothEngines((engine) => {
    test('is claimed by one of several processes', async () => {
      const url = await engine.empty()
      await migrate(url)
      const databases = await Promise.all([1, 2, 3].map(() => openDatabase(url, { timeoutMs: 30_000 })))
      const sent: string[] = []
      const outboxes = databases.map((db) =>
        createOutbox({
          queue: createMailQueue(db),
          mailer: { send: async ({ to }) => void sent.push(to) },
          render: async ({ recipient: to }) => ({ to, subject: '', text: '' }),
          now: () => NOW * 1000,
          onError: () => {},
        }),
      )
      const recipients = Array.from({ length: 20 }, (_, n) => `p${n}@example.org`)
      const [first] = databases
      if (first === undefined) throw new Error('no database')
      for (const one of recipients) await createEmailRegistrationStore(first).queueMail(one, NOW)
      for (let turn = 0; turn < 10; turn += 1) await Promise.all(outboxes.map((one) => one.tick()))
      expect(sent.sort()).toEqual(recipients.sort())
      for (const db of databases) await db.close()
    })

    test('that fails is counted with its error, apart from those that wait', async () => {
      const { store, mails, db } = storesOf(await engine.tables())
      expect(await readMailQueueState(db)).toEqual({
        ...{ waiting: 0, failing: 0, failingSince: undefined, lastError: undefined },
      })
      await store.queueMail('anna@example.org', NOW)
      await store.queueMail('boris@example.org', NOW + 5)
      const [first] = await mails.claim(NOW, NOW + 60, 1)
      if (first !== undefined) await mails.postpone(first, NOW + 90, 'no route')
      expect(await readMailQueueState(db)).toEqual({
        ...{ waiting: 2, failing: 1, failingSince: NOW, lastError: 'no route' },
      })
    })

    test('of a dead process is claimed again when its claim expires, and late writes change nothing', async () => {
      const { store, mails, db } = storesOf(await engine.tables())
      await store.queueMail('anna@example.org', NOW)
      const [mine] = await mails.claim(NOW, NOW + 60, 10)
      expect(await mails.claim(NOW + 59, NOW + 120, 10)).toEqual([])
      const [theirs] = await mails.claim(NOW + 60, NOW + 120, 10)
      expect(theirs).toMatchObject({ tries: 2 })
      if (mine === undefined) throw new Error('no mail')
      await mails.postpone(mine, NOW, 'late')
      await mails.remove(mine)
      expect(await db.query.selectFrom('mail_queue').selectAll().execute()).toMatchObject([
        { next_try_at: NOW + 120, last_error: null },
      ])
    })
  })
})
