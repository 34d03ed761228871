import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDirectory } from '../../../../api/core/directory/directory.ts'
import { createUserStore } from '../../../../api/store/sql/auth/users.ts'
import { createAgentStore } from '../../../../api/store/sql/call-center/agents.ts'
import { type Database, openDatabase } from '../../../../api/store/sql/database.ts'
import { migrate } from '../../../../api/store/sql/migrate.ts'
import { createExtensionStore } from '../../../../api/store/sql/provisioning/extensions.ts'
import { newReservation } from '../../../support/fixtures/reservations.ts'
import { newUser, until } from '../../../support/fixtures/users.ts'

describe('the directory', () => {
  const folder = mkdtempSync(join(tmpdir(), 'directory-'))
  let db: Database
  beforeAll(async () => {
    const url = `sqlite:${join(folder, 'hookswitch.db')}`
    await migrate(url)
    db = await openDatabase(url)
  })
  afterAll(async () => {
    await db.close()
    rmSync(folder, { recursive: true })
  })

  test('reads the users only if one has changed, and never their password hashes', async () => {
    const users = createUserStore(db)
    const agents = createAgentStore(db)
    const extensions = createExtensionStore(db)
    let pages = 0
    const directory = createDirectory({
      users: {
        revision: users.revision,
        async listPhoneUsers(page) {
          pages += 1
          const read = await users.listPhoneUsers(page)
          expect(JSON.stringify(read)).not.toContain('argon2')
          return read
        },
      },
      endpointTemplate: '{extension}',
      webEndpointTemplate: '{extension}-web',
      onError: () => {},
    })
    /** @returns the known users, and whether anything was read */
    const shown = async () => {
      const before = pages
      await directory.refresh()
      const people = directory.all().map(({ name, extension, role, team }) => [name, extension, role, team])
      return { people, isRead: pages > before }
    }
    const anna = await users.add(newUser())
    const boris = await users.add(newUser({ username: 'boris', extension: '202' }))
    const both = [
      ['anna', '201', 'user', null],
      ['boris', '202', 'user', null],
    ]
    expect(await shown()).toEqual({ people: both, isRead: true })
    for (let n = 0; n < 3; n += 1) expect(await shown()).toEqual({ people: both, isRead: false })

    const { extension } = await extensions.reserve(newReservation('clara@example.org'))
    expect((await shown()).people).toEqual(both)
    await extensions.markReady(extension, { sealedSecret: 's', authUsername: 'a' }, 1)
    const clara = ['clara@example.org', extension.extension, 'user', null]
    expect(await shown()).toEqual({ people: [...both, clara], isRead: true })

    const agent = await agents.add({ userId: anna.id, name: 'Anna', kind: 'human', team: 'sales' }, 1, until)
    const ofSales = ['anna', '201', 'user', 'sales']
    expect((await shown()).people).toEqual([ofSales, both[1], clara])
    await agents.setStatus(agent.id, 'ready', 2)
    expect(await shown()).toMatchObject({ isRead: false })
    await agents.update(agent.id, { team: 'legal' }, undefined, 3, until)
    const ofLegal = ['anna', '201', 'user', 'legal']
    expect((await shown()).people).toEqual([ofLegal, both[1], clara])

    await users.update(boris.id, { extension: '209', role: 'supervisor' }, until)
    const moved = ['boris', '209', 'supervisor', null]
    expect((await shown()).people).toEqual([ofLegal, moved, clara])
    await users.update(boris.id, { disabled: true }, until)
    expect((await shown()).people).toEqual([ofLegal, clara])
    await users.update(boris.id, { disabled: false }, until)
    expect((await shown()).people).toEqual([ofLegal, moved, clara])
    // One user is removed and another is added between two reads.
    await users.remove(boris.id, until)
    await users.add(newUser({ username: 'doro', extension: '210' }))
    expect((await shown()).people).toEqual([ofLegal, clara, ['doro', '210', 'user', null]])
  })

  test('reads again what a failed read has missed', async () => {
    let isAway = true
    const directory = createDirectory({
      users: {
        revision: async () => '1',
        async listPhoneUsers() {
          if (isAway) throw new Error('away')
          return [
            {
              userId: '1',
              extension: '201',
              ...{ username: 'anna', name: 'anna', role: 'user', team: null, disabled: false },
            },
          ]
        },
      },
      endpointTemplate: '{extension}',
      webEndpointTemplate: '{extension}-web',
      onError: () => {},
    })
    await expect(directory.refresh()).rejects.toThrow('away')
    isAway = false
    await directory.refresh()
    expect(directory.findByUser('1')).toMatchObject({ name: 'anna' })
  })
})
