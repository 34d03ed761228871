import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openDatabase } from '../../../api/store/sql/database.ts'
import { runHookswitch } from '../../support/run-hookswitch.ts'

const place = mkdtempSync(join(tmpdir(), 'hs-'))
afterAll(() => rmSync(place, { recursive: true, force: true }))

let data: string
let backup: string
let count = 0
/** Made once: each test has copies. */
const [master, masterBackup] = [join(place, 'master'), join(place, 'master-backup')]
beforeAll(async () => {
  await runHookswitch(master, ['users', 'add', 'anna'], { input: 'long enough\n' })
  await runHookswitch(master, ['keys', 'add'])
  expect(await runHookswitch(master, ['backup', masterBackup])).toMatchObject({ code: 0 })
})
beforeEach(() => {
  count += 1
  data = join(place, `data-${count}`)
  backup = join(place, `backup-${count}`)
  cpSync(master, data, { recursive: true })
})
const make = () => runHookswitch(data, ['backup', backup])
const database = () => openDatabase(`sqlite:${join(data, 'hookswitch.db')}`)
const firstKey = () => join(backup, 'keys', readdirSync(join(backup, 'keys'))[0] ?? '')
/** Puts a link in its place, to where it is now. */
function relink(path: string, to = `${path}.elsewhere`): void {
  renameSync(path, `${path}.elsewhere`)
  symlinkSync(to, path)
}
const aSecret = 'ab'.repeat(32)

describe('a backup', () => {
  test('has what was committed a moment ago, while another process holds the database open', async () => {
    const db = await database()
    // Stays in the -wal file: nothing closes this connection.
    await sql`update users set username = 'zoe'`.execute(db.query)
    expect(await make()).toMatchObject({ code: 0, err: '' })
    await db.close()
    expect(await runHookswitch(join(place, 'other'), ['restore', backup])).toMatchObject({ code: 0 })
    expect((await runHookswitch(join(place, 'other'), ['users', 'list'])).out).toContain(' zoe ')
  })

  test('is readable by its owner alone, and holds no file of others and no value of a setting', async () => {
    writeFileSync(join(data, 'keys', 'sip.secret'), aSecret, { mode: 0o600 })
    for (const name of ['notes.txt', 'a.key.new', '.sip.secret.swp']) {
      writeFileSync(join(data, 'keys', name), 'x', { mode: 0o600 })
    }
    symlinkSync('/etc/passwd', join(data, 'keys', 'linked.key'))
    mkdirSync(join(data, 'keys', 'folder.key'))
    mkdirSync(join(data, 'media'))
    const env = { HOOKSWITCH_AMI_SECRET: 'hunter2' }
    const { code, err } = await runHookswitch(data, ['backup', backup], { env })
    expect(code).toBe(0)
    expect(err).toMatch(/not in the backup: .*linked\.key is no regular file/)
    expect(err).toMatch(/not in the backup: .*folder\.key is no regular file/)
    expect(readdirSync(backup).sort()).toEqual(['backup.json', 'hookswitch.db', 'keys'])
    const keys = readdirSync(join(backup, 'keys'))
    expect(keys.filter((name) => name !== 'sip.secret')).toEqual([expect.stringMatching(/^hs256-.*\.key$/)])
    for (const path of [
      '.',
      'keys',
      'hookswitch.db',
      'backup.json',
      ...keys.map((key) => join('keys', key)),
    ]) {
      expect(statSync(join(backup, path)).mode & 0o077, path).toBe(0)
    }
    const manifest = readFileSync(join(backup, 'backup.json'), 'utf8')
    expect(manifest).toContain('HOOKSWITCH_AMI_SECRET')
    expect(manifest).not.toContain('hunter2')
  })

  test.each([
    ['over something that is there', () => mkdirSync(backup), ['backup'], /exists/],
    ['to a link that leads nowhere', () => symlinkSync(join(place, 'nowhere'), backup), ['backup'], /exists/],
    ['without a folder', () => {}, [], /backup takes one folder/],
    ['of a folder without a database', () => rmSync(join(data, 'hookswitch.db')), ['backup'], /no database/],
  ])('%s is refused in one line, and leaves nothing', async (_, prepare, words, says) => {
    prepare()
    const before = existsSync(backup)
    const { code, err } = await runHookswitch(data, ['backup', ...words.map(() => backup)])
    expect(code).toBe(2)
    expect(err).toMatch(says)
    expect(err.trim().split('\n')).toHaveLength(1)
    expect(existsSync(backup)).toBe(before)
    expect(readdirSync(place).filter((name) => name.endsWith('.part'))).toEqual([])
  })

  test('of a database of an older or a newer version changes nothing in it', async () => {
    const db = await database()
    await sql`insert into kysely_migration values ('0099-future', '2099-01-01')`.execute(db.query)
    expect(await make()).toMatchObject({ code: 0 })
    const rows = await sql`select * from kysely_migration`.execute(db.query)
    expect(rows.rows.at(-1)).toMatchObject({ name: '0099-future' })
    await db.close()
    const other = join(place, 'newer')
    expect(await runHookswitch(other, ['restore', backup])).toMatchObject({ code: 78 })
    expect(existsSync(join(other, 'hookswitch.db'))).toBe(false)
    expect(existsSync(join(other, 'keys'))).toBe(false)
  })

  test('of PostgreSQL is left to pg_dump', async () => {
    const env = { DATABASE_URL: 'postgres://me:s3cret@127.0.0.1:1/x' }
    for (const command of ['backup', 'restore']) {
      const { code, err } = await runHookswitch(data, [command, backup], { env })
      expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining('pg_dump') })
      expect(err).not.toContain('s3cret')
    }
  })
})

describe('restoring', () => {
  test.each([
    ['a database', () => writeFileSync(join(data, 'hookswitch.db'), '')],
    ['what is left of a database', () => writeFileSync(join(data, 'hookswitch.db-wal'), '')],
    ['keys', () => writeFileSync(join(data, 'keys', 'x.key'), '')],
    ['the embedded Redis’s data', () => writeFileSync(join(data, 'redis', 'appendonly.aof'), '')],
  ])('into a folder with %s overwrites nothing', async (_, put) => {
    cpSync(masterBackup, backup, { recursive: true })
    rmSync(data, { recursive: true })
    for (const folder of ['keys', 'redis']) mkdirSync(join(data, folder), { recursive: true })
    put()
    const before = readdirSync(data, { recursive: true })
    expect(await runHookswitch(data, ['restore', backup])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/is there already: restore overwrites nothing/),
    })
    expect(readdirSync(data, { recursive: true })).toEqual(before)
  })

  test.each([
    ['a folder that is no backup', () => rmSync(join(backup, 'backup.json'))],
    ['a backup of a later format', () => writeFileSync(join(backup, 'backup.json'), '{"format":2}')],
    ['a backup without its database', () => rmSync(join(backup, 'hookswitch.db'))],
    ['a database that is none', () => writeFileSync(join(backup, 'hookswitch.db'), 'x'.repeat(8_192))],
    [
      'a database that is cut off',
      () => {
        const whole = readFileSync(join(backup, 'hookswitch.db'))
        writeFileSync(join(backup, 'hookswitch.db'), whole.subarray(0, whole.length / 2))
      },
    ],
    ['a backup whose signing key is a link', () => relink(firstKey())],
    [
      'a backup whose signing key is a link that leads nowhere',
      () => relink(firstKey(), join(place, 'nowhere')),
    ],
    [
      'a backup whose signing key is a folder',
      () => {
        const key = firstKey()
        rmSync(key)
        mkdirSync(key)
      },
    ],
    ['a backup whose keys are a link', () => relink(join(backup, 'keys'))],
    ['a backup whose mark of the demo is a link', () => symlinkSync('/etc/hostname', join(backup, 'demo'))],
  ])('%s is refused in one line, and leaves nothing', async (_, spoil) => {
    cpSync(masterBackup, backup, { recursive: true })
    spoil()
    const other = join(place, `other-${count}`)
    const { code, err } = await runHookswitch(other, ['restore', backup])
    expect({ code, err }).toMatchObject({ code: 2 })
    expect(err.trim().split('\n')).toHaveLength(1)
    expect(existsSync(other) ? readdirSync(other) : []).toEqual([])
  })

  test('into a folder that an install has used for its programs is possible', async () => {
    cpSync(masterBackup, backup, { recursive: true })
    const other = join(place, `used-${count}`)
    for (const folder of ['system', 'keys']) mkdirSync(join(other, folder), { recursive: true })
    expect(await runHookswitch(other, ['restore', backup])).toMatchObject({ code: 0 })
    expect(statSync(join(other, 'hookswitch.db')).mode & 0o077).toBe(0)
    expect(readdirSync(other).filter((name) => name.includes('restoring'))).toEqual([])
  })

  test('into an empty folder that all may write closes it', async () => {
    cpSync(masterBackup, backup, { recursive: true })
    const other = join(place, `open-${count}`)
    mkdirSync(other)
    chmodSync(other, 0o777)
    expect(await runHookswitch(other, ['restore', backup])).toMatchObject({ code: 0 })
    for (const path of ['.', 'keys', 'hookswitch.db'])
      expect([path, statSync(join(other, path)).mode & 0o077]).toEqual([path, 0])
  })

  test('the keys of a folder that was made before are closed, too', async () => {
    cpSync(masterBackup, backup, { recursive: true })
    const other = join(place, `keys-${count}`)
    mkdirSync(join(other, 'keys'), { recursive: true })
    chmodSync(join(other, 'keys'), 0o777)
    expect(await runHookswitch(other, ['restore', backup])).toMatchObject({ code: 0 })
    expect(statSync(join(other, 'keys')).mode & 0o077).toBe(0)
  })
})
