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
import type { RedactingOutput } from './redacting-output.ts'
import { TokenData } from './wire.ts'

/** What one login left. Times are unix seconds. */
export const CachedToken = z.object({
  url: z.string(),
  login: z.string(),
  accessToken: TokenData.shape.accessToken,
  obtainedAt: z.number(),
  /** Not after `obtainedAt` where the end is unknown: then it is not used twice. */
  endsAt: z.number(),
  cookie: z.string().refine(isCookieValue).optional(),
})
export type CachedToken = z.output<typeof CachedToken>

/** Seconds before its end at which a token is no longer handed out. */
const EXPIRY_MARGIN_S = 60

/** Whether the token is good a while longer: a minute, or a tenth of its life where that is less. */
export function isFresh({ obtainedAt, endsAt }: CachedToken, now: number): boolean {
  const margin = Math.min(EXPIRY_MARGIN_S, (endsAt - obtainedAt) / 10)
  // The age of a token from the future is unknown.
  return now < endsAt - margin && now >= obtainedAt - EXPIRY_MARGIN_S
}

export interface TokenCache {
  read(): CachedToken | undefined
  write(kept: CachedToken): void
  remove(): void
  /** A path beside the kept file for its lock; undefined where nothing can be kept. */
  lockPath: string | undefined
}

/** The kept file of a URL and a login, which its owner alone can read. What cannot be trusted is not used. */
export function createTokenCache(
  { folder, base, login }: { folder: string; base: string; login: string },
  voice: RedactingOutput,
): TokenCache {
  const name = createHash('sha256')
    .update(JSON.stringify([base, login]))
    .digest('hex')
    .slice(0, 32)
  const path = join(folder, `${name}.json`)
  const folderError = preparePrivateFolder(folder)
  if (folderError !== undefined) voice.print(`the token is not kept: ${folderError}`)
  const usable = folderError === undefined
  const warned = new Set<string>()
  const warnIgnored = (why: string) => {
    if (!warned.has(why)) voice.print(`ignoring ${path}: ${why}`)
    warned.add(why)
    return undefined
  }

  return {
    lockPath: usable ? join(folder, `${name}.lock`) : undefined,
    read() {
      if (!usable) return undefined
      const kept = readPrivate(path, warnIgnored)
      if (kept?.url !== base || kept.login !== login) return undefined
      voice.addSecret(kept.accessToken)
      voice.addSecret(kept.cookie)
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
        voice.print(`the token is not kept: ${errorMessage(err)}`)
      }
    },
    remove() {
      if (usable) rmSync(path, { force: true })
    },
  }
}

/** Makes the folder private. @returns why that failed, or undefined */
function preparePrivateFolder(folder: string): string | undefined {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const stat = lstatSync(folder)
    if (!stat.isDirectory() || !isOwnFile(stat)) return `${folder} belongs to another user`
    if ((stat.mode & 0o077) !== 0) chmodSync(folder, 0o700)
    return undefined
  } catch (err) {
    return errorMessage(err)
  }
}

/** @param ignore reports why the file is not used */
function readPrivate(path: string, ignore: (why: string) => undefined): CachedToken | undefined {
  let file: number
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (err) {
    return err instanceof Error && 'code' in err && err.code === 'ENOENT'
      ? undefined
      : ignore(errorMessage(err))
  }
  try {
    const stat = fstatSync(file)
    if (!stat.isFile() || !isOwnFile(stat)) return ignore('it belongs to another user')
    if ((stat.mode & 0o077) !== 0) return ignore('others may read or write it')
    return CachedToken.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data ?? ignore('it is damaged')
  } catch {
    return ignore('it is damaged')
  } finally {
    closeSync(file)
  }
}

const isOwnFile = ({ uid }: Stats) => process.getuid === undefined || uid === process.getuid()
const errorMessage = (err: unknown) => (err instanceof Error ? err.message : String(err))
