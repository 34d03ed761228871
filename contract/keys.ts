import { createPrivateKey, createPublicKey, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** RFC 7518 §3.2 (HS256) and RFC 8037 §3.1 (EdDSA with Ed25519). */
export const ALGORITHMS = ['HS256', 'EdDSA'] as const
export type Algorithm = (typeof ALGORITHMS)[number]

/** A key file that must not be used as it is; the message says why and shows no secret. */
export class KeyFileError extends Error {
  override name = 'KeyFileError'
}

export interface VerifyingKey {
  kid: string
  alg: Algorithm
  /** A secret key for HS256, a public one for EdDSA. */
  key: KeyObject
}

export interface SigningKey extends VerifyingKey {
  /** The same secret for HS256, the private key for EdDSA. */
  privateKey: KeyObject
  /** Unix milliseconds. */
  createdAtMs: number
}

/**
 * `<kid>.key` holds 64 hex digits, mode 0600: an HMAC secret, or an Ed25519 seed. The kid's first word
 * is the algorithm, so that a key can never be used with another one; the rest is when it was made.
 */
const KEY_FILE_NAME = /^((hs256|eddsa)-\d{8}T\d{9}Z-[0-9a-f]{8})\.key$/
const ALGORITHM_BY_PREFIX: Record<string, Algorithm> = { hs256: 'HS256', eddsa: 'EdDSA' }

/** A new key signs only once every process has had time to read it: they look every second. */
export const ACTIVATION_DELAY_MS = 5_000

/**
 * Makes a key file in `folder` (made with mode 0700 where missing).
 * @returns the new key's id
 */
export function addKey(folder: string, alg: Algorithm, now = new Date()): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const stamp = now.toISOString().replace(/[-:.]/g, '')
  const kid = `${alg.toLowerCase()}-${stamp}-${randomBytes(4).toString('hex')}`
  const path = join(folder, `${kid}.key`)
  // Written aside and renamed: another process never reads half a key.
  writeFileSync(`${path}.new`, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
  chmodSync(`${path}.new`, 0o600)
  renameSync(`${path}.new`, path)
  return kid
}

/** Puts a key out of use: `<kid>.key` becomes `<kid>.retired`. Tokens it signed are refused within a second. */
export function retireKey(folder: string, kid: string): void {
  if (!KEY_FILE_NAME.test(`${kid}.key`)) throw new Error(`not a key id: ${kid}`)
  renameSync(join(folder, `${kid}.key`), join(folder, `${kid}.retired`))
}

/**
 * Reads every key of a folder, oldest first.
 * @throws {KeyFileError} when a file is readable by others or holds anything but 64 hex digits
 */
export function readKeys(folder: string): SigningKey[] {
  return readdirSync(folder)
    .filter((name) => KEY_FILE_NAME.test(name))
    .map((name) => readKey(folder, name))
    .sort(byAge)
}

const byAge = (a: SigningKey, b: SigningKey) => a.createdAtMs - b.createdAtMs || (a.kid < b.kid ? -1 : 1)
const kidOf = (file: string) => file.slice(0, -'.key'.length)

function readKey(folder: string, name: string): SigningKey {
  const path = join(folder, name)
  if ((statSync(path).mode & 0o077) !== 0)
    throw new KeyFileError(`${path} is readable by others: chmod 600 it`)
  const hex = readFileSync(path, 'latin1').trim()
  if (!/^[0-9a-f]{64}$/i.test(hex)) throw new KeyFileError(`${path} does not hold 64 hex digits`)
  const kid = kidOf(name)
  const alg = ALGORITHM_BY_PREFIX[kid.slice(0, 5)] ?? 'HS256' // KEY_FILE lets only these two through
  return { kid, alg, createdAtMs: createdAt(kid), ...toKeyObjects(alg, Buffer.from(hex, 'hex')) }
}

/** What 32 secret bytes are to an algorithm. */
export function toKeyObjects(alg: Algorithm, secret: Buffer): { key: KeyObject; privateKey: KeyObject } {
  if (secret.length < 32) throw new Error('a key needs 32 bytes or more (RFC 7518 §3.2)')
  if (alg === 'HS256') {
    const key = createSecretKey(secret)
    return { key, privateKey: key }
  }
  // PKCS #8 of an Ed25519 seed is this prefix and the seed (RFC 8410 §7).
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), secret])
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  return { key: createPublicKey(privateKey), privateKey }
}

function createdAt(kid: string): number {
  const [, stamp = ''] = kid.split('-')
  return Date.parse(stamp.replace(/^(....)(..)(..)T(..)(..)(..)(...)Z$/, '$1-$2-$3T$4:$5:$6.$7Z'))
}

/** The key that signs at a moment: the newest of `alg` that has settled, or else the oldest there is. */
export function signingKey(
  keys: readonly SigningKey[],
  alg: Algorithm,
  nowMs: number,
): SigningKey | undefined {
  const candidates = keys.filter((key) => key.alg === alg)
  return candidates.findLast((key) => key.createdAtMs <= nowMs - ACTIVATION_DELAY_MS) ?? candidates[0]
}

export interface Keyring {
  find(kid: string): VerifyingKey | undefined
  /** @throws when there is no key for `alg` */
  signing(alg: Algorithm, nowMs: number): SigningKey
  all(): readonly SigningKey[]
  /** Called after the set of keys has changed. */
  onChange(listener: () => void): void
  close(): void
}

/**
 * Keeps the keys of a folder in memory and looks every second for new and retired ones. A folder that
 * cannot be read leaves the keys as they were: trouble with a disk is not a logout.
 */
export function openKeyring(folder: string, onError: (err: unknown) => void): Keyring {
  let keys = readKeys(folder)
  let byId = new Map(keys.map((key) => [key.kid, key]))
  const listeners: (() => void)[] = []

  /** What is there now. A file that cannot be read is left out, so that it never keeps a retired key in use. */
  const readCurrentKeys = () => {
    const found: SigningKey[] = []
    for (const name of readdirSync(folder)) {
      if (!KEY_FILE_NAME.test(name)) continue
      try {
        found.push(byId.get(kidOf(name)) ?? readKey(folder, name))
      } catch (err) {
        onError(err)
      }
    }
    return found.sort(byAge)
  }

  const timer = setInterval(() => {
    try {
      const found = readCurrentKeys()
      if (found.length === keys.length && found.every((key) => byId.has(key.kid))) return
      keys = found
      byId = new Map(keys.map((key) => [key.kid, key]))
      for (const listener of listeners) listener()
    } catch (err) {
      onError(err)
    }
  }, 1_000)
  timer.unref()

  return {
    find: (kid) => byId.get(kid),
    signing(alg, nowMs) {
      const key = signingKey(keys, alg, nowMs)
      if (key === undefined) throw new Error(`no ${alg} key in ${folder}: add one with "hookswitch keys add"`)
      return key
    },
    all: () => keys,
    onChange: (listener) => void listeners.push(listener),
    close: () => clearInterval(timer),
  }
}
