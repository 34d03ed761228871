import { randomBytes } from 'node:crypto'
import { type Algorithm, hash as argon2Hash, verify as argon2Verify } from '@node-rs/argon2'
import { z } from 'zod'
import { Refusal } from '../refusal.ts'
import { createFairQueue } from './fair-queue.ts'

const MAX_PASSWORD_BYTES = 1024

/** A new password: 8 or more characters (code points, NFC), and at most 1024 bytes. */
export const NewPassword = z
  .string()
  .min(8, { error: 'a password has 8 characters or more', abort: true })
  .max(MAX_PASSWORD_BYTES, { error: `a password has at most ${MAX_PASSWORD_BYTES} bytes`, abort: true })
  .refine((text) => [...opaqueString(text)].length >= 8, 'a password has 8 characters or more')
  .refine(
    (text) => Buffer.byteLength(opaqueString(text)) <= MAX_PASSWORD_BYTES,
    `a password has at most ${MAX_PASSWORD_BYTES} bytes`,
  )

export interface Passwords {
  /**
   * @returns argon2id in PHC string format (RFC 9106)
   * @throws {Refusal} `input_invalid` for a password over 1024 bytes or not well-formed Unicode,
   *   `unavailable` when too many requests wait, or after `timeoutMs`
   * @param queueKey of the queue in which it waits, such as a network
   */
  hash(password: string, queueKey?: string): Promise<string>
  /**
   * Compares after Unicode normalization (RFC 8265 §4.2), without trimming or case folding. Earlier releases hashed
   * the bytes as they were typed, so those are compared too.
   *
   * @param hash undefined when there is no such user: it takes as long, and returns false
   * @throws {Refusal} `unavailable` when too many requests wait, or after `timeoutMs`; what `beforeVerify` throws
   */
  verify(hash: string | undefined, password: string, options?: VerifyOptions): Promise<boolean>
}

export interface VerifyOptions {
  /** Of the queue in which it waits: the queues take turns. */
  queueKey?: string
  /** Runs after the wait, before the comparison. */
  beforeVerify?: () => Promise<void>
}

/**
 * Hashes on Node's thread pool, a few at a time: each hash occupies a thread, and verifying a token needs one too.
 *
 * @param parallel how many run at once
 * @param queue how many may wait
 * @param timeoutMs how long each may wait: less than nginx waits for an answer, which is 40 s
 */
export function createPasswords({ parallel = 2, queue = 1_000, timeoutMs = 30_000 } = {}): Passwords {
  const runQueued = createFairQueue({ parallel, maxWaiting: queue, timeoutMs })
  const dummyHash = createDummyHash()

  return {
    async hash(password, queueKey = '') {
      const bytes = toUtf8(opaqueString(password))
      if (!bytes) {
        throw new Refusal('input_invalid', {
          detail: `a password is at most ${MAX_PASSWORD_BYTES} bytes of valid text`,
        })
      }
      return runQueued(queueKey, () => argon2Hash(bytes, ARGON2_PARAMS))
    },

    async verify(hash, password, { queueKey = '', beforeVerify = async () => {} } = {}) {
      // Before the hash is read, so that the time reveals nothing about the user.
      const normalizations = [...new Set([opaqueString(password), password, password.normalize('NFD')])]
      const candidates = normalizations.flatMap((form) => toUtf8(form) ?? [])
      if (candidates.length === 0) {
        await beforeVerify()
        return false
      }
      const usable = hash?.startsWith('$argon2id$') ? hash : undefined
      const matches = await runQueued(queueKey, async () => {
        await beforeVerify()
        for (const bytes of candidates) if (await argon2Verify(usable ?? dummyHash, bytes)) return true
        return false
      })
      return usable !== undefined && matches
    },
  }
}

/** OWASP Password Storage Cheat Sheet, argon2id: 19 MiB, two passes, one lane. */
const ARGON2_PARAMS = {
  // The enum is ambient, so it has no value at run time; 2 is Argon2id.
  algorithm: 2 satisfies Algorithm.Argon2id,
  memoryCost: 19_456,
  timeCost: 2,
  parallelism: 1,
}

/** OpaqueString of RFC 8265 §4.2: spaces of other scripts become spaces, and accents have one form (NFC). */
export const opaqueString = (password: string): string => password.replace(/\p{Zs}/gu, ' ').normalize('NFC')

/** Undefined for a lone surrogate: each would become U+FFFD, so different passwords would match. */
function toUtf8(password: string): Uint8Array | undefined {
  if (/\p{Surrogate}/u.test(password)) return undefined
  const bytes = Buffer.from(password, 'utf8')
  return bytes.length > MAX_PASSWORD_BYTES ? undefined : bytes
}

/** A hash of the usual cost that matches no password: its digest is random. */
function createDummyHash(): string {
  const random = (bytes: number) => randomBytes(bytes).toString('base64').replaceAll('=', '')
  const { memoryCost, timeCost, parallelism } = ARGON2_PARAMS
  return `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$${random(16)}$${random(32)}`
}
