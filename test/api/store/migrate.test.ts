import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { createHistoryStore } from '../../../api/store/sql/calls.ts'
import { openDatabase } from '../../../api/store/sql/database.ts'
import { migrate } from '../../../api/store/sql/migrate.ts'
import { createUserStore } from '../../../api/store/sql/users.ts'
import { newCall } from './call-rows.ts'
import { setBack } from './earlier.ts'
import { onBothEngines } from './engines.ts'
import { startProcess } from './processes.ts'
import { newUser } from './rows.ts'

const ALL = [
  '0001-logins',
  '0002-refresh',
  '0003-calls',
  '0004-email',
  '0005-onboarding',
  '0006-crew',
  '0007-leads',
  '0008-campaigns',
  '0009-membership',
  '0010-ai',
  '0011-webhooks',
  '0012-loans',
  '0013-answered',
  '0014-names',
  '0015-accounts',
]

describe('migrating', () => {
  onBothEngines((engine) => {
    test('a second time there is nothing to do, and what was written stays', async () => {
      const url = await engine.empty()
      expect(await migrate(url)).toEqual(ALL)
      const db = await openDatabase(url)
      await createUserStore(db).add(newUser())
      expect(await migrate(url)).toEqual([])
      expect(await createUserStore(db).count()).toBe(1)
      await db.close()
    })

    test('a call that was kept before it was told who picked up goes on counting for all who were in it', async () => {
      const url = await engine.empty()
      await migrate(url)
      const db = await openDatabase(url)
      const calls = createHistoryStore(db)
      await calls.save([
        newCall({ id: 'a', parties: [{ userId: '1', extension: '1001', answered: false }] }),
        newCall({
          id: 'b',
          outcome: 'busy',
          parties: [{ userId: '1', extension: '1001', answered: false }],
        }),
      ])
      await sql`alter table call_parties drop column answered`.execute(db.query)
      await setBack(db, '0013-answered')
      expect(await migrate(url)).toEqual(ALL.slice(ALL.indexOf('0013-answered')))
      expect((await calls.find('a'))?.parties).toMatchObject([{ userId: '1', answered: true }])
      expect((await calls.find('b'))?.parties).toMatchObject([{ userId: '1', answered: false }])
      await db.close()
    })

    test('of processes that migrate at once one does, and none fails', async () => {
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
