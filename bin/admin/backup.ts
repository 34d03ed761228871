import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { copyFile, open, rename } from 'node:fs/promises'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { z } from 'zod'
import { defaultDatabaseUrl } from '../../api/config/config.ts'
import { Refusal } from '../../api/core/refusal.ts'
import { backUpSqlite, DamagedDatabaseError, prepareRestore } from '../../api/store/sql/sqlite-backup.ts'
import { commonSettings } from '../../contract/common-settings.ts'
import { readEnv } from '../../runtime/env.ts'
import { parseArguments } from '../arguments.ts'
import { type Command, CommandError, formatTime } from './command.ts'

/** `backup <folder>`. */
export const backupCommand: Command = {
  help: `\
  backup <folder>               copy the database, the keys and the names of the settings that are set into a new folder,
                                also while Hookswitch runs. A reader of it can log in as any user. Not in it:
                                .env, recordings, logs, Redis (can be lost). For PostgreSQL use pg_dump`,
  verbs: [],
  run: runBackup,
}

/** `restore <folder>`. */
export const restoreCommand: Command = {
  help: `\
  restore <folder> [--keep-sessions]
                                put a backup into HOOKSWITCH_DATA, where no database and no keys may be. What changed
                                after the backup is lost, also logouts and disabled users: so all sessions end, all
                                service tokens are revoked and all users log in again, unless --keep-sessions is given`,
  verbs: [],
  run: runRestore,
}

const Settings = z.object({
  HOOKSWITCH_DATA: commonSettings.HOOKSWITCH_DATA,
  DATABASE_URL: z.string().optional(),
})

const DATABASE = 'hookswitch.db'
const MANIFEST = 'backup.json'
/** Exists when the data folder holds the documented users, with public passwords. */
const DEMO_MARKER = 'demo'
/** A key, or the secret of something sealed; not what an editor left beside it, nor a half-written one. */
const KEY_FILE = /^[\w-]+\.(key|secret)$/

const Manifest = z.object({ format: z.literal(1), madeAt: z.string(), settings: z.array(z.string()) })

async function runBackup(args: string[]): Promise<void> {
  const target = requireFolderArgument('backup', parseArguments({ args, allowPositionals: true }).positionals)
  const { data, database } = dataLocations()
  if (!existsSync(database)) throw new CommandError(`there is no database to back up: ${database}`)
  if (existsEvenAsLink(target))
    throw new CommandError(`${target} exists: name a folder that does not, to be made`)
  process.umask(0o077)
  const draft = `${target}.${process.pid}.part`
  try {
    mkdirSync(draft, { recursive: true, mode: 0o700 })
    await backUpSqlite(database, join(draft, DATABASE))
    // After the database: a key that has come since is one more, and none is missing.
    await copyState(data, draft)
    const manifest: z.input<typeof Manifest> = {
      format: 1,
      madeAt: formatTime(Date.now() / 1000),
      settings: Object.keys(process.env)
        .filter((name) => /^(HOOKSWITCH|REDIS|DATABASE)_/.test(name))
        .sort(),
    }
    writeFileSync(join(draft, MANIFEST), `${JSON.stringify(manifest, undefined, 2)}\n`, { mode: 0o600 })
    for (const name of [DATABASE, MANIFEST, '.']) await fsyncPath(join(draft, name))
    await rename(draft, target)
    await fsyncPath(dirname(target))
  } catch (err) {
    rmSync(draft, { recursive: true, force: true })
    throw toCommandError(err)
  }
  for (const path of irregularFilesIn(data))
    console.error(`not in the backup: ${path} is no regular file; copy it yourself`)
  console.log(`backed up ${database} and the keys of ${data} to ${target}`)
}

async function runRestore(args: string[]): Promise<void> {
  const { values: flags, positionals } = parseArguments({
    args,
    allowPositionals: true,
    options: { 'keep-sessions': { type: 'boolean' } },
  })
  const source = requireFolderArgument('restore', positionals)
  const { data, database } = dataLocations()
  const { madeAt } = readManifest(source)
  requireRegularFiles(source)
  const found = [database, `${database}-wal`, join(data, 'keys'), join(data, 'redis')].find(isNonEmpty)
  if (found !== undefined) {
    throw new CommandError(
      `${found} is there already: restore overwrites nothing; move it away, or set HOOKSWITCH_DATA to an empty folder`,
    )
  }
  process.umask(0o077)
  const draft = `${database}.restoring`
  const drafts = ['', '-wal', '-shm'].map((end) => `${draft}${end}`)
  try {
    for (const folder of new Set([data, dirname(database)]))
      mkdirSync(folder, { recursive: true, mode: 0o700 })
    // Made by an admin before, perhaps for all to read. Where the database alone is elsewhere, its folder is not ours.
    chmodSync(data, 0o700)
    for (const path of drafts) rmSync(path, { force: true })
    await copyFile(join(source, DATABASE), draft)
    await prepareRestore(draft, { keepSessions: flags['keep-sessions'] === true })
    await copyState(source, data)
    await fsyncPath(draft)
    removeEmptyWal(draft)
    // Last, so that a database is there only where all of it is.
    await rename(draft, database)
    await fsyncPath(dirname(database))
  } catch (err) {
    for (const path of drafts) rmSync(path, { force: true })
    rmSync(join(data, 'keys'), { recursive: true, force: true })
    throw toCommandError(err)
  }
  console.log(`restored the backup of ${madeAt} into ${data}; what changed after it is lost`)
}

/** SQLite leaves these where a statement of ours was not freed yet. All that is in them is in the database by now. */
function removeEmptyWal(database: string): void {
  const log = `${database}-wal`
  if (existsSync(log) && lstatSync(log).size > 0) throw new Error('the copy was not written back as a whole')
  for (const path of [log, `${database}-shm`]) rmSync(path, { force: true })
}

/**
 * A backup of ours has regular files alone. What a program that copied it made of a key (a link, a folder) is not left
 * out: an install without its keys has lost every session and every sealed secret.
 * @throws {CommandError}
 */
function requireRegularFiles(backup: string): void {
  const [odd] = irregularFilesIn(backup)
  if (odd !== undefined)
    throw new CommandError(`${odd} of the backup is no regular file; nothing was restored`)
}

/** Keys, their folder and the mark, where they are not what they are named for. */
function irregularFilesIn(folder: string): string[] {
  const [keys, mark] = [join(folder, 'keys'), join(folder, DEMO_MARKER)]
  const isOdd = (path: string) => existsEvenAsLink(path) && !lstatSync(path).isFile()
  const names = existsSync(keys) ? readdirSync(keys).filter((name) => KEY_FILE.test(name)) : []
  const isLinked = existsEvenAsLink(keys) && !lstatSync(keys).isDirectory()
  return [...(isLinked ? [keys] : []), ...[mark, ...names.map((name) => join(keys, name))].filter(isOdd)]
}

/** Also a link that leads nowhere. */
const existsEvenAsLink = (path: string) => lstatSync(path, { throwIfNoEntry: false }) !== undefined

/** What is beside the database. Links are not followed. */
async function copyState(from: string, to: string): Promise<void> {
  const keys = join(from, 'keys')
  mkdirSync(join(to, 'keys'), { recursive: true, mode: 0o700 })
  chmodSync(join(to, 'keys'), 0o700)
  for (const name of existsSync(keys) ? readdirSync(keys) : []) {
    const path = join(keys, name)
    if (!KEY_FILE.test(name) || !lstatSync(path).isFile()) continue
    writeFileSync(join(to, 'keys', name), readFileSync(path), { mode: 0o600 })
    await fsyncPath(join(to, 'keys', name))
  }
  await fsyncPath(join(to, 'keys'))
  const mark = join(from, DEMO_MARKER)
  if (existsSync(mark)) writeFileSync(join(to, DEMO_MARKER), readFileSync(mark), { mode: 0o600 })
}

/** @throws {CommandError} where the database is PostgreSQL's */
function dataLocations(): { data: string; database: string } {
  const settings = readEnv(Settings)
  const data = resolve(settings.HOOKSWITCH_DATA)
  const url = settings.DATABASE_URL ?? defaultDatabaseUrl(data)
  const database = url.startsWith('sqlite:') ? url.slice('sqlite:'.length) : ''
  if (isAbsolute(database)) return { data, database }
  throw new CommandError(
    `this is for the embedded database alone: save and restore PostgreSQL with pg_dump and pg_restore, and copy ${join(data, 'keys')} beside`,
  )
}

function requireFolderArgument(noun: string, [folder, stray]: readonly string[]): string {
  if (folder === undefined || folder === '' || stray !== undefined) {
    throw new CommandError(`${noun} takes one folder; see ${noun} --help`)
  }
  return resolve(folder)
}

function readManifest(folder: string): z.output<typeof Manifest> {
  try {
    if (!lstatSync(join(folder, DATABASE)).isFile()) throw new Error('not a file')
    return Manifest.parse(JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8')))
  } catch {
    throw new CommandError(`${folder} is no backup that this version can read`)
  }
}

function isNonEmpty(path: string): boolean {
  if (!existsEvenAsLink(path)) return false
  return !lstatSync(path).isDirectory() || readdirSync(path).length > 0
}

/** Its bytes, or a folder's names, are on the disk after it. */
async function fsyncPath(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

/** A full disk or a damaged file, for example, needs a person. */
function toCommandError(err: unknown): unknown {
  if (err instanceof DamagedDatabaseError) return new CommandError(err.message)
  const cause = err instanceof Refusal ? err.cause : err
  if (!(cause instanceof Error) || !('code' in cause)) return err
  return /^(E[A-Z]+|ERR_SQLITE_ERROR)$/.test(String(cause.code)) ? new CommandError(cause.message) : err
}
