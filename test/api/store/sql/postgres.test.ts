import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createUserStore } from '../../../../api/store/sql/auth/users.ts'
import { type Database, openDatabase } from '../../../../api/store/sql/database.ts'
import { migrate } from '../../../../api/store/sql/migrate.ts'
import { newUser } from '../../../support/fixtures/users.ts'
import { findPostgres, type PostgresServer, queryOnce, startPostgres } from '../../../support/postgres.ts'

const title = findPostgres() ? 'a PostgreSQL' : 'a PostgreSQL (skipped: none installed)'

describe.skipIf(!findPostgres())(title, () => {
  let postgres: PostgresServer
  let url: string
  let db: Database
  let idleErrors: Error[]

  beforeAll(async () => {
    postgres = await startPostgres()
  })
  afterAll(() => postgres.stop())
  beforeEach(async () => {
    url = await postgres.database()
    await migrate(url)
    idleErrors = []
    db = await openDatabase(url, { timeoutMs: 1000, onIdleError: (error) => idleErrors.push(error) })
  })
  afterEach(() => db.close())

  test('that is killed is unavailable soon, and serves again once it is back', async () => {
    const users = createUserStore(db)
    await users.add(newUser())
    await postgres.kill()
    // A child of the killed server may still answer for a moment.
    await expect.poll(() => refusalOf(users.count()), { timeout: 10_000 }).toBe('unavailable')
    for (let tries = 0; tries < 3; tries++) expect(await refusalOf(users.count())).toBe('unavailable')
    await postgres.start()
    expect(await users.count()).toBe(1)
  })

  test('that dies while idle does not end the process', async () => {
    const users = createUserStore(db)
    await users.count()
    await postgres.kill()
    await expect.poll(() => idleErrors).not.toEqual([])
    await postgres.start()
    expect(await users.count()).toBe(0)
  })

  test('that dies in the middle of a transaction makes it unavailable and keeps nothing of it', async () => {
    const dying = db.transaction(async (trx) => {
      await trx.updateTable('log_state').set({ cutoff: 99 }).execute()
      await postgres.kill()
      // Its child for this connection may still answer for a moment.
      for (let tries = 0; tries < 500; tries += 1) {
        await trx.updateTable('log_state').set({ cutoff: 100 }).execute()
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    })
    expect(await refusalOf(dying)).toBe('unavailable')
    await postgres.start()
    const state = await db.query.selectFrom('log_state').select('cutoff').executeTakeFirst()
    expect(state?.cutoff).toBe(0)
  })

  test('throws unavailable soon while another transaction locks the table', async () => {
    const holder = await openDatabase(url)
    const users = createUserStore(db)
    await holder.transaction(async (trx) => {
      await trx.updateTable('users').set({ generation: 0 }).execute()
      await trx.schema.alterTable('users').addColumn('held', 'text').execute()
      expect(await refusalOf(users.count())).toBe('unavailable')
    })
    expect(await users.count()).toBe(0)
    await holder.close()
  })

  test('throws unavailable soon when all connections are in use', async () => {
    const users = createUserStore(db)
    let release = () => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    const taken = Array.from({ length: 8 }, () => db.transaction(() => released))
    expect(await refusalOf(users.count())).toBe('unavailable')
    release()
    await Promise.all(taken)
    expect(await users.count()).toBe(0)
  })

  test('that cannot be reached is unavailable, to migrate as well', async () => {
    const nowhere = 'postgres://nobody@127.0.0.1:1/none'
    expect(await refusalOf(migrate(nowhere))).toBe('unavailable')
  })

  test('that falls silent is unavailable soon, and no later write lands in a half-begun transaction', async () => {
    const line = await startLine(postgres.socket)
    const far = await openDatabase(url.replace(/localhost/, `127.0.0.1:${line.port}`).replace(/\?.*/, ''), {
      timeoutMs: 500,
    })
    const users = createUserStore(far)
    const anna = await users.add(newUser())
    line.pause()
    expect(await refusalOf(users.setPassword(anna.id, 'x', 9))).toBe('unavailable')
    line.resume()
    await users.add(newUser({ username: 'boris', extension: null }))
    const { rows } = await queryOnce(url, 'select username from users order by id')
    expect(rows).toEqual([{ username: 'anna' }, { username: 'boris' }])
    await far.close()
    await line.stop()
  })
})

/** The code of the refusal that ends the work; seconds are what it may take. */
async function refusalOf(work: Promise<unknown>): Promise<string> {
  const started = performance.now()
  const reason = await work.then(
    () => ({ code: 'none' }),
    (error) => error,
  )
  expect(performance.now() - started).toBeLessThan(6000)
  return reason.code ?? String(reason)
}

/** A line to the server that can hang without breaking. */
async function startLine(socket: string) {
  const ends = new Set<Socket>()
  let paused = false
  const line = createServer((near) => {
    const far = connect(socket)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(from)
      from.pipe(to)
      from.on('error', () => to.destroy())
      from.on('close', () => ends.delete(from))
      if (paused) from.pause()
    }
  })
  line.listen(0, '127.0.0.1')
  await once(line, 'listening')
  const address = line.address()

  return {
    port: typeof address === 'object' ? address?.port : undefined,
    pause() {
      paused = true
      for (const end of ends) end.pause()
    },
    resume() {
      paused = false
      for (const end of ends) end.resume()
    },
    async stop() {
      for (const end of ends) end.destroy()
      line.close()
      await once(line, 'close')
    },
  }
}
