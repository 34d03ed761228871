import { createPrivateKey, createPublicKey, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readSecretFile } from '../runtime/secret-file.ts'

/** RFC 7518 §3.2 (HS256) and RFC 8037 §3.1 (EdDSA with Ed25519). */
export const ALGORITHMS = ['HS256', 'EdDSA'] as const
export type Algorithm = (typeof ALGORITHMS)[number]

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
 * `<kid>.key` holds 64 hex digits, mode 0600: an HMAC secret, or an Ed25519 seed. The kid begins with the algorithm, so
 * that a key cannot be used with another one; then comes the time of its creation.
 */
const KEY_FILE_NAME = /^((hs256|eddsa)-\d{8}T\d{9}Z-[0-9a-f]{8})\.key$/
const ALGORITHM_BY_PREFIX: Record<string, Algorithm> = { hs256: 'HS256', eddsa: 'EdDSA' }

/** A new key signs only after every process has had time to read it: they poll the folder every second. */
export const ACTIVATION_DELAY_MS = 5_000

/**
 * Creates a key file in `folder`, and the folder with mode 0700 if it is missing.
 * @returns the new key's id
 */
export function addKey(folder: string, alg: Algorithm, now = new Date()): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const stamp = now.toISOString().replace(/[-:.]/g, '')
  const kid = `${alg.toLowerCase()}-${stamp}-${randomBytes(4).toString('hex')}`
  const path = join(folder, `${kid}.key`)
  // Written to another name, then renamed: no process reads half a key.
  writeFileSync(`${path}.new`, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
  chmodSync(`${path}.new`, 0o600)
  renameSync(`${path}.new`, path)
  return kid
}

/** Retires a key: `<kid>.key` becomes `<kid>.retired`. Within a second the tokens that it signed are refused. */
export function retireKey(folder: string, kid: string): void {
  if (!KEY_FILE_NAME.test(`${kid}.key`)) throw new Error(`not a key id: ${kid}`)
  renameSync(join(folder, `${kid}.key`), join(folder, `${kid}.retired`))
}

/**
 * Reads every key of a folder, oldest first.
 * @throws {SecretFileError} when a file is readable by others or holds anything but 64 hex digits
 */
export function readKeys(folder: string): SigningKey[] {
  return listKeyFiles(folder)
    .map((name) => readKey(folder, name))
    .sort(byAge)
}

export const listKeyFiles = (folder: string): string[] =>
  readdirSync(folder).filter((name) => KEY_FILE_NAME.test(name))

export const byAge = (a: SigningKey, b: SigningKey): number =>
  a.createdAtMs - b.createdAtMs || (a.kid < b.kid ? -1 : 1)
export const kidOf = (file: string): string => file.slice(0, -'.key'.length)

/** @throws {SecretFileError} */
export function readKey(folder: string, name: string): SigningKey {
  const secret = readSecretFile(join(folder, name))
  const kid = kidOf(name)
  const alg = ALGORITHM_BY_PREFIX[kid.slice(0, 5)] ?? 'HS256' // KEY_FILE_NAME matches these two alone
  return { kid, alg, createdAtMs: parseCreationTime(kid), ...toKeyObjects(alg, secret) }
}

/** Builds the keys of an algorithm from 32 secret bytes. */
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

/** `pending`: new, it signs after `ACTIVATION_DELAY_MS`. `verifying`: tokens that it signed are valid, it signs none. */
export type KeyState = 'signing' | 'pending' | 'verifying'

/** What may be shown of a key. */
export interface KeyDescription extends Pick<SigningKey, 'kid' | 'alg' | 'createdAtMs'> {
  state: KeyState
}

/** @param alg with which tokens are signed @returns the keys in their order, without secrets */
export function describeKeys(keys: readonly SigningKey[], alg: Algorithm, nowMs: number): KeyDescription[] {
  const current = signingKey(keys, alg, nowMs)
  return keys.map((key) => ({
    kid: key.kid,
    alg: key.alg,
    createdAtMs: key.createdAtMs,
    state:
      key.kid === current?.kid
        ? 'signing'
        : key.alg === alg && current !== undefined && key.createdAtMs > current.createdAtMs
          ? 'pending'
          : 'verifying',
  }))
}

function parseCreationTime(kid: string): number {
  const [, stamp = ''] = kid.split('-')
  return Date.parse(stamp.replace(/^(....)(..)(..)T(..)(..)(..)(...)Z$/, '$1-$2-$3T$4:$5:$6.$7Z'))
}

/** The key that signs at a moment: the newest of `alg` that is at least `ACTIVATION_DELAY_MS` old, else the oldest. */
export function signingKey(
  keys: readonly SigningKey[],
  alg: Algorithm,
  nowMs: number,
): SigningKey | undefined {
  const candidates = keys.filter((key) => key.alg === alg)
  return candidates.findLast((key) => key.createdAtMs <= nowMs - ACTIVATION_DELAY_MS) ?? candidates[0]
}
