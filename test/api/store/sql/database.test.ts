import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { createUserStore } from '../../../../api/store/sql/auth/users.ts'
import { openDatabase } from '../../../../api/store/sql/database.ts'
import { migrate } from '../../../../api/store/sql/migrate.ts'
import { newUser } from '../../../support/fixtures/users.ts'
import { onBothEngines } from './engines.ts'

describe('the database', () => {
  onBothEngines((engine) => {
    test.each([
      ['text', 'Анна 📞', 'text', 'Анна 📞'],
      ['a time in seconds', 4_102_444_800, 'bigint', 4_102_444_800],
      ['true', true, 'bigint', 1],
      ['false', false, 'bigint', 0],
      ['nothing', null, 'text', null],
    ])('%s is stored alike', async (_, value, type, kept) => {
      const db = await engine.tables()
      const query = sql<{ x: unknown }>`select cast(${value} as ${sql.raw(type)}) as x`
      expect((await query.execute(db.query)).rows[0]?.x).toEqual(kept)
    })

    test.each([
      ['a Date', new Date()],
      ['an object', { a: 1 }],
      ['a list', [1]],
      ['undefined', undefined],
      ['no number', Number.NaN],
    ])('%s as a parameter throws, and is not stored as NULL', async (_, value) => {
      const db = await engine.tables()
      await expect(sql`select cast(${value} as text) as x`.execute(db.query)).rejects.toThrow(TypeError)
      expect(await createUserStore(db).count()).toBe(0)
    })

    test('a statement returns how many rows it changed', async () => {
      const db = await engine.tables()
      await createUserStore(db).add(newUser())
      const result = await db.query.updateTable('users').set({ generation: 5 }).executeTakeFirst()
      expect(result.numUpdatedRows).toBe(1n)
    })

    test('a transaction that fails leaves nothing, tables included', async () => {
      const db = await engine.tables()
      const failing = db.transaction(async (trx) => {
        await trx.updateTable('log_state').set({ cutoff: 99 }).execute()
        await trx.schema.createTable('half').addColumn('a', 'text').execute()
        throw new Error('on purpose')
      })
      await expect(failing).rejects.toThrow('on purpose')
      const state = await db.query.selectFrom('log_state').select('cutoff').executeTakeFirst()
      expect(state?.cutoff).toBe(0)
      expect((await db.query.introspection.getTables()).map((table) => table.name)).not.toContain('half')
    })

    test('a query that bypasses the transaction it is in fails at once, and the next one works', async () => {
      const db = await engine.tables()
      const users = createUserStore(db)
      await expect(db.transaction(() => users.count())).rejects.toThrow('went round the transaction')
      expect(await users.count()).toBe(0)
    })

    test('a query that outlives its transaction works', async () => {
      const db = await engine.tables()
      const users = createUserStore(db)
      const { promise: done, resolve: finish } = withResolvers()
      const later = await db.transaction(async () => ({ count: done.then(() => users.count()) }))
      finish()
      expect(await later.count).toBe(0)
    })

    test('many concurrent transactions all succeed', async () => {
      const db = await engine.tables()
      const raise = () =>
        db.transaction((trx) =>
          trx
            .updateTable('log_state')
            .set((is) => ({ cutoff: is('cutoff', '+', 1) }))
            .execute(),
        )
      await Promise.all(Array.from({ length: 50 }, raise))
      const state = await db.query.selectFrom('log_state').select('cutoff').executeTakeFirst()
      expect(state?.cutoff).toBe(50)
    })

    test('closing waits for a transaction in progress, and then queries are unavailable', async () => {
      const url = await engine.empty()
      await migrate(url)
      const db = await openDatabase(url)
      const { promise: begun, resolve: begin } = withResolvers()
      const { promise: closing, resolve: close } = withResolvers()
      const working = db.transaction(async (trx) => {
        begin()
        await closing
        await trx.updateTable('log_state').set({ cutoff: 1 }).execute()
      })
      await begun
      const closed = db.close()
      close()
      await Promise.all([working, closed])
      await db.close()
      await expect(createUserStore(db).count()).rejects.toMatchObject({ code: 'unavailable' })
    })
  })

  test.each(['sqlite:relative.db', 'sqlite:', 'mysql://u:hunter2@host/db', ''])(
    'the url %j is refused, and the error omits it',
    async (url) => {
      const error = await openDatabase(url).catch((reason: Error) => reason)
      expect(error).toMatchObject({ message: 'a database url is sqlite:/absolute/path or postgres://…' })
    },
  )
})

function withResolvers() {
  let resolve = () => {}
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}
