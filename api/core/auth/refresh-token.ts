import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'
import { sha256 } from '../../../runtime/hash.ts'

/**
 * An opaque refresh token: lower-case hex of the session id (16 bytes), its number in the session (4), 256 random bits (32),
 * and an HMAC tag (16). The tag distinguishes a genuine but outdated token, which means theft and ends the session,
 * from an invented one, which must not end any session.
 */
export interface OpaqueRefreshToken {
  sessionId: string
  number: number
  text: string
  /** What is stored: SHA-256, base64url. */
  hash: string
}

const HEX_LENGTH = 2 * (16 + 4 + 32 + 16)

export interface OpaqueRefreshTokens {
  mint(sessionId: string, number: number): OpaqueRefreshToken
  /** @returns undefined for a text that was never issued */
  parse(text: string): OpaqueRefreshToken | undefined
}

/** @param key 32 secret bytes, for the tags */
export function createOpaqueRefreshTokens(key: Buffer): OpaqueRefreshTokens {
  const tagOf = (body: Buffer) => createHmac('sha256', key).update(body).digest().subarray(0, 16)
  return {
    mint(sessionId, number) {
      const body = Buffer.alloc(52)
      Buffer.from(sessionId, 'base64url').copy(body, 0)
      body.writeUInt32BE(number, 16)
      randomBytes(32).copy(body, 20)
      const text = Buffer.concat([body, tagOf(body)]).toString('hex')
      return { sessionId, number, text, hash: sha256(text) }
    },
    parse(text) {
      if (text.length !== HEX_LENGTH || !/^[0-9a-f]+$/.test(text)) return undefined
      const bytes = Buffer.from(text, 'hex')
      const body = bytes.subarray(0, 52)
      if (!timingSafeEqual(bytes.subarray(52), tagOf(body))) return undefined
      const sessionId = body.subarray(0, 16).toString('base64url')
      return { sessionId, number: body.readUInt32BE(16), text, hash: sha256(text) }
    },
  }
}

/**
 * Encrypts a child so that only the holder of its parent can read it: a parent that is presented again gets the same
 * child although no token is stored in clear. AES-256-GCM; the key is a hash of the parent and is used once.
 */
export function seal(child: string, parent: string): string {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', sealKey(parent), nonce)
  return Buffer.concat([nonce, cipher.update(child, 'latin1'), cipher.final(), cipher.getAuthTag()]).toString(
    'base64url',
  )
}

/** @throws when it was sealed for another parent */
export function unseal(sealed: string, parent: string): string {
  const bytes = Buffer.from(sealed, 'base64url')
  const decipher = createDecipheriv('aes-256-gcm', sealKey(parent), bytes.subarray(0, 12))
  decipher.setAuthTag(bytes.subarray(-16))
  return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString('latin1')
}

const sealKey = (parent: string) => createHash('sha256').update(`child of ${parent}`).digest()
