import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createSessionStore } from '../../../../api/store/sql/auth/sessions.ts'
import { createUserStore } from '../../../../api/store/sql/auth/users.ts'
import { type Database, openDatabase } from '../../../../api/store/sql/database.ts'
import { migrate } from '../../../../api/store/sql/migrate.ts'
import { newSession, newUser } from '../../../support/fixtures/users.ts'
import { startProcess } from '../../../support/processes.ts'

describe('the embedded file', () => {
  let folder: string
  let url: string
  let db: Database

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sqlite-'))
    url = `sqlite:${join(folder, 'made', 'on', 'the-way', 'store.db')}`
    await migrate(url)
    db = await openDatabase(url, { timeoutMs: 500 })
  })
  afterEach(async () => {
    await db.close()
    await rm(folder, { recursive: true })
  })

  test('is readable by its owner alone, as are the files beside it', async () => {
    await createUserStore(db).add(newUser())
    const beside = join(folder, 'made', 'on', 'the-way')
    const modes = (await readdir(beside)).map(async (name) => [
      name,
      ((await stat(join(beside, name))).mode & 0o777).toString(8),
    ])
    expect(Object.fromEntries(await Promise.all(modes))).toEqual({
      'store.db': '600',
      'store.db-shm': '600',
      'store.db-wal': '600',
    })
  })

  test.each([
    ['journal_mode', 'wal'],
    ['synchronous', 2],
    ['foreign_keys', 1],
  ])('holds %s at %s', async (name, value) => {
    const { rows } = await sql<Record<string, unknown>>`pragma ${sql.raw(name)}`.execute(db.query)
    expect(rows).toEqual([{ [name]: value }])
  })

  test('opened a second time sees what the first one writes', async () => {
    const second = await openDatabase(url)
    const anna = await createUserStore(db).add(newUser())
    expect(await createUserStore(second).find(anna.id)).toEqual(anna)
    await second.close()
  })

  test('answers a repeated statement rightly after tables changed elsewhere, a lock, and a refusal', async () => {
    const second = await openDatabase(url, { timeoutMs: 500 })
    const all = () => sql<Record<string, unknown>>`select * from log_state`.execute(db.query)
    const columns = Object.keys((await all()).rows[0] ?? {})
    await sql`alter table log_state add column later bigint`.execute(second.query)
    expect(Object.keys((await all()).rows[0] ?? {})).toEqual([...columns, 'later'])
    await sql`alter table log_state drop column later`.execute(second.query)
    expect(Object.keys((await all()).rows[0] ?? {})).toEqual(columns)

    const users = createUserStore(db)
    await users.add(newUser())
    const blocked = second.transaction(async () => {
      await expect(users.add(newUser({ username: 'boris', extension: '202' }))).rejects.toMatchObject({
        code: 'unavailable',
      })
    })
    await blocked
    await expect(users.add(newUser())).rejects.toMatchObject({ code: 'taken' })
    await users.add(newUser({ username: 'boris', extension: '202' }))
    expect(await users.count()).toBe(2)
    // No statement is left half read: the log can be written back whole.
    const { rows } = await sql<{ busy: number }>`pragma wal_checkpoint(truncate)`.execute(second.query)
    expect(rows).toMatchObject([{ busy: 0 }])
    await second.close()
  })

  test('takes more kinds of statements than it keeps ready', async () => {
    for (let round = 0; round < 2; round += 1)
      for (let n = 0; n < 600; n += 1) {
        const { rows } = await sql`select ${sql.raw(String(n))} as n`.execute(db.query)
        expect(rows).toEqual([{ n }])
      }
  })

  test('is shared with other processes, and kill -9 of a writer loses nothing that was acknowledged', async () => {
    const sessions = createSessionStore(db)
    const acknowledged: string[] = []
    for (let round = 1; round <= 3; round++) {
      const writer = await startProcess('writer', url)
      void writer.go()
      for await (const id of writer.lines()) {
        acknowledged.push(id)
        if (acknowledged.length === round * 50) void writer.kill()
      }
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(150)
    for (const id of acknowledged) expect(await sessions.find(id)).toMatchObject({ endReason: 'logout' })

    // No transaction is half there: as many sessions ended as revocations were written.
    const { rows } = await sql`select
      (select count(*) from sessions where ended_at is not null) -
      (select count(*) from revocations) as torn`.execute(db.query)
    expect(rows).toEqual([{ torn: 0 }])
    const check = await sql`pragma integrity_check`.execute(db.query)
    expect(check.rows).toEqual([{ integrity_check: 'ok' }])
  })

  test('locked by another process is unavailable for writing, does not block the event loop, and works again afterwards', async () => {
    const users = createUserStore(db)
    const other = await openDatabase(url)
    let turns = 0
    const ticking = setInterval(() => turns++, 1)
    await other.transaction(async (trx) => {
      await trx.updateTable('log_state').set({ cutoff: 1 }).execute()
      const adding = users.add(newUser())
      await expect(adding).rejects.toMatchObject({ code: 'unavailable', retryAfter: 2 })
    })
    clearInterval(ticking)
    // A driver that waits inside SQLite lets the loop turn once or twice in all this time.
    expect(turns).toBeGreaterThan(5)
    await users.add(newUser())
    await other.close()
  })

  test('held for a moment is waited for', async () => {
    const other = await openDatabase(url)
    const holding = other.transaction(async (trx) => {
      await trx.updateTable('log_state').set({ cutoff: 1 }).execute()
      await new Promise((resolve) => setTimeout(resolve, 100))
    })
    await createUserStore(db).add(newUser())
    await holding
    await other.close()
  })

  test('on a full disk is unavailable, keeps what it has, and takes more once there is room', async () => {
    const users = createUserStore(db)
    const anna = await users.add(newUser())
    const long = newUser({ username: 'long', extension: null, passwordHash: 'x'.repeat(200_000) })
    await sql`pragma max_page_count = 1`.execute(db.query)
    const refusal = { code: 'unavailable', retryAfter: 2, cause: expect.any(Error) }
    await expect(users.add(long)).rejects.toMatchObject(refusal)
    await expect(users.setPassword(anna.id, 'x'.repeat(200_000), 9)).rejects.toMatchObject(refusal)
    expect(await users.find(anna.id)).toEqual(anna)
    await sql`pragma max_page_count = 1000000`.execute(db.query)
    await users.add(long)
  })

  test('that rolled back by itself still throws the cause', async () => {
    const failing = db.transaction((trx) =>
      sql`insert or rollback into log_state (id, cutoff, stream_ms, stream_seq) values (1, 0, 0, 0)`.execute(
        trx,
      ),
    )
    await expect(failing).rejects.toMatchObject({ name: 'UniqueViolation' })
    expect(await createUserStore(db).count()).toBe(0)
  })

  test('where no file can be is unavailable', async () => {
    await writeFile(join(folder, 'file'), '')
    await expect(openDatabase(`sqlite:${join(folder, 'file', 'store.db')}`)).rejects.toMatchObject({
      code: 'unavailable',
    })
  })

  test('of another format is unavailable', async () => {
    const path = join(folder, 'letter')
    await writeFile(path, 'Dear sir or madam, '.repeat(100))
    await expect(openDatabase(`sqlite:${path}`)).rejects.toMatchObject({ code: 'unavailable' })
  })

  test('keeps sessions of users alone', async () => {
    const sessions = createSessionStore(db)
    await expect(sessions.add(newSession({ userId: '1' }))).rejects.toThrow('FOREIGN KEY')
  })
})
