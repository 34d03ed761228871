import { type Kysely, sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { createUserStore } from '../../../../api/store/sql/auth/users.ts'
import { createCallHistoryStore } from '../../../../api/store/sql/calls/call-history.ts'
import { type Database, openDatabase } from '../../../../api/store/sql/database.ts'
import {
  migrate,
  migrations,
  NewerDatabaseError,
  requireKnownMigrations,
} from '../../../../api/store/sql/migrate.ts'
import { newCall } from '../../../support/fixtures/call-records.ts'
import { newUser } from '../../../support/fixtures/users.ts'
import { startProcess } from '../../../support/processes.ts'
import { onBothEngines } from './engines.ts'
import { migrateBefore } from './migrate-before.ts'

const ALL = Object.keys(migrations)

describe('migrating', () => {
  test('runs in order of name', () => {
    expect(ALL).toEqual(ALL.toSorted())
  })

  onBothEngines((engine) => {
    test('a second run changes nothing, and the rows stay', async () => {
      const url = await engine.empty()
      expect(await migrate(url)).toEqual(ALL)
      const db = await openDatabase(url)
      await createUserStore(db).add(newUser())
      expect(await migrate(url)).toEqual([])
      expect(await createUserStore(db).count()).toBe(1)
      await db.close()
    })

    test('a call stored before calls could have several recordings keeps its recording', async () => {
      const url = await engine.empty()
      await migrateBefore(url, '0015-recordings')
      const db = await openDatabase(url)
      await insertOldCall(db, { id: 'a', outcome: 'answered', recording: '2025/a.wav' })
      await insertOldCall(db, { id: 'b', outcome: 'answered', recording: null })
      expect(await migrate(url)).toEqual(ALL.slice(ALL.indexOf('0015-recordings')))
      const calls = createCallHistoryStore(db)
      expect((await calls.find('a'))?.recordings).toEqual(['2025/a.wav'])
      expect((await calls.find('b'))?.recordings).toEqual([])
      await calls.save([newCall({ id: 'a', recordings: ['2025/a.wav', '2025/a-2.wav'] })])
      expect((await calls.find('a'))?.recordings).toEqual(['2025/a.wav', '2025/a-2.wav'])
      await db.close()
    })

    test('an answered call stored before the answering party was recorded counts for all of its parties', async () => {
      const url = await engine.empty()
      await migrateBefore(url, '0013-answered')
      const db = await openDatabase(url)
      await insertOldCall(db, { id: 'a', outcome: 'answered', recording: null })
      await insertOldCall(db, { id: 'b', outcome: 'busy', recording: null })
      expect(await migrate(url)).toEqual(ALL.slice(ALL.indexOf('0013-answered')))
      const calls = createCallHistoryStore(db)
      expect((await calls.find('a'))?.parties).toMatchObject([{ userId: '1', answered: true }])
      expect((await calls.find('b'))?.parties).toMatchObject([{ userId: '1', answered: false }])
      await db.close()
    })

    test('a database that has a later step but lacks an earlier one gets the earlier one', async () => {
      const url = await engine.empty()
      await migrate(url)
      const db = await openDatabase(url)
      await createUserStore(db).add(newUser())
      await sql`drop index users_revision`.execute(db.query)
      await sql`alter table users drop column revision`.execute(db.query)
      await sql`alter table extensions drop column former_user_id`.execute(db.query)
      await sql`delete from kysely_migration where name = '0016-accounts'`.execute(db.query)
      expect(await migrate(url)).toEqual(['0016-accounts'])
      expect(await createUserStore(db).count()).toBe(1)
      expect(await migrate(url)).toEqual([])
      await db.close()
    })

    test('a database of a newer version is refused in one line, and nothing is changed', async () => {
      const url = await engine.empty()
      await migrate(url)
      const db = await openDatabase(url)
      const rows = async () =>
        (await sql`select * from kysely_migration order by name`.execute(db.query)).rows
      await sql`insert into kysely_migration values ('0099-future', '2099-01-01T00:00:00.000Z')`.execute(
        db.query,
      )
      const before = await rows()
      const failed = await migrate(url).catch((err) => err)
      expect(failed).toBeInstanceOf(NewerDatabaseError)
      expect(failed.message).toMatch(/^this database was made by a newer version .*0099-future.*$/)
      await expect(requireKnownMigrations(db)).rejects.toThrow(NewerDatabaseError)
      expect(await rows()).toEqual(before)
      await db.close()
    })

    test('an empty database and one of this version are accepted', async () => {
      const url = await engine.empty()
      const db = await openDatabase(url)
      await requireKnownMigrations(db)
      await migrate(url)
      await requireKnownMigrations(db)
      await db.close()
    })

    test('if a step fails, the database is unchanged, and the steps before it are rolled back', async () => {
      const url = await engine.empty()
      await migrate(url)
      const fresh = (name: string) => ({
        up: async (db: Kysely<unknown>) => {
          await sql`create table ${sql.table(name)} (id bigint)`.execute(db)
          await sql`update users set role = 'admin'`.execute(db)
        },
      })
      const db = await openDatabase(url)
      await createUserStore(db).add(newUser({ role: 'user' }))
      const steps = Object.fromEntries(ALL.map((name) => [name, { up: async () => {} }]))
      const failing = {
        up: async (db: Kysely<unknown>) => {
          await fresh('second').up(db)
          await sql`insert into no_such_table values (1)`.execute(db)
        },
      }
      await expect(
        migrate(url, { ...steps, '8888-first': fresh('first'), '9999-failing': failing }),
      ).rejects.toThrow()
      const tables = (await db.query.introspection.getTables()).map(({ name }) => name)
      expect(tables).not.toContain('first')
      expect(tables).not.toContain('second')
      expect(await createUserStore(db).list({ limit: 1 })).toMatchObject([{ role: 'user' }])
      expect(await migrate(url)).toEqual([])
      await db.close()
    })

    test('of concurrent processes one migrates, and none fails', async () => {
      for (let round = 0; round < 3; round++) {
        const url = await engine.empty()
        const processes = await Promise.all([1, 2, 3].map(() => startProcess('migrator', url)))
        const outcomes = await Promise.all(
          processes.map(async (each) => {
            const code = each.go()
            const { value: line } = await each.lines().next()
            return `${await code} ${line}`
          }),
        )
        expect(outcomes.sort()).toEqual([`0 ${JSON.stringify(ALL)}`, '0 []', '0 []'])
      }
    })
  })
})

/** Inserts a call of one party as releases before migration 0013 stored it. */
async function insertOldCall(
  db: Database,
  { id, outcome, recording }: { id: string; outcome: string; recording: string | null },
): Promise<void> {
  await sql`insert into calls (id, direction, from_number, from_name, to_number, to_name, started_at, ended_at, duration,
    billable, outcome, recording) values (${id}, 'incoming', '+493012345', '', '1001', 'Anna', 1, 2, 1, 1, ${outcome},
    ${recording})`.execute(db.query)
  await sql`insert into call_parties (call_id, user_id, extension, started_at) values (${id}, 1, '1001', 1)`.execute(
    db.query,
  )
}
