import { createHash, randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { isCookieValue } from './cookie.ts'
import type { Voice } from './redacting-output.ts'
import { Given } from './wire.ts'

/** What one login left. Times are unix seconds. */
export const Kept = z.object({
  url: z.string(),
  login: z.string(),
  accessToken: Given.shape.accessToken,
  obtainedAt: z.number(),
  /** No later than `obtainedAt` where nobody knows: then it is not used twice. */
  endsAt: z.number(),
  cookie: z.string().refine(isCookieValue).optional(),
})
export type Kept = z.output<typeof Kept>

/** Seconds before its end at which a token is no longer handed out. */
const MARGIN = 60

/** Whether the token is good a while longer: a minute, or a tenth of its life where that is less. */
export function isFresh({ obtainedAt, endsAt }: Kept, now: number): boolean {
  const margin = Math.min(MARGIN, (endsAt - obtainedAt) / 10)
  // Of a token from the future nobody can say how old it is.
  return now < endsAt - margin && now >= obtainedAt - MARGIN
}

export interface Keeper {
  read(): Kept | undefined
  write(kept: Kept): void
  remove(): void
  /** A path beside the kept file for its lock; undefined where nothing can be kept. */
  lockPath: string | undefined
}

/** The kept file of a URL and a login, which its owner alone can read. What cannot be trusted is not used. */
export function createKeeper(
  { folder, base, login }: { folder: string; base: string; login: string },
  voice: Voice,
): Keeper {
  const name = createHash('sha256')
    .update(JSON.stringify([base, login]))
    .digest('hex')
    .slice(0, 32)
  const path = join(folder, `${name}.json`)
  const trouble = troubleWith(folder)
  if (trouble !== undefined) voice.say(`the token is not kept: ${trouble}`)
  const usable = trouble === undefined
  const said = new Set<string>()
  const ignore = (why: string) => {
    if (!said.has(why)) voice.say(`ignoring ${path}: ${why}`)
    said.add(why)
    return undefined
  }

  return {
    lockPath: usable ? join(folder, `${name}.lock`) : undefined,
    read() {
      if (!usable) return undefined
      const kept = readPrivate(path, ignore)
      if (kept?.url !== base || kept.login !== login) return undefined
      voice.hide(kept.accessToken)
      voice.hide(kept.cookie)
      return kept
    },
    write(kept) {
      if (!usable) return
      const draft = `${path}.${randomBytes(6).toString('hex')}`
      try {
        writeFileSync(draft, JSON.stringify(kept), { mode: 0o600, flag: 'wx' })
        renameSync(draft, path)
      } catch (err) {
        rmSync(draft, { force: true })
        voice.say(`the token is not kept: ${wordsOf(err)}`)
      }
    },
    remove() {
      if (usable) rmSync(path, { force: true })
    },
  }
}

/** Makes the folder private; says why it cannot be. */
function troubleWith(folder: string): string | undefined {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const stat = lstatSync(folder)
    if (!stat.isDirectory() || !isOurs(stat)) return `${folder} belongs to somebody else`
    if ((stat.mode & 0o077) !== 0) chmodSync(folder, 0o700)
    return undefined
  } catch (err) {
    return wordsOf(err)
  }
}

/** @param ignore says why the file is not used */
function readPrivate(path: string, ignore: (why: string) => undefined): Kept | undefined {
  let file: number
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (err) {
    return err instanceof Error && 'code' in err && err.code === 'ENOENT' ? undefined : ignore(wordsOf(err))
  }
  try {
    const stat = fstatSync(file)
    if (!stat.isFile() || !isOurs(stat)) return ignore('it belongs to somebody else')
    if ((stat.mode & 0o077) !== 0) return ignore('others may read or write it')
    return Kept.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data ?? ignore('it is damaged')
  } catch {
    return ignore('it is damaged')
  } finally {
    closeSync(file)
  }
}

const isOurs = ({ uid }: Stats) => process.getuid === undefined || uid === process.getuid()
const wordsOf = (err: unknown) => (err instanceof Error ? err.message : String(err))
