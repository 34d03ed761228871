import { createCipheriv, createDecipheriv, randomBytes, randomInt } from 'node:crypto'

/** Encrypts SIP secrets, so that a copy of the database does not reveal them. */
export interface SecretSeal {
  /** @param extension authenticated with the secret: `open` fails for any other */
  seal(secret: string, extension: string): string
  /** @throws {Error} if the text was not sealed with this key for this extension */
  open(sealed: string, extension: string): string
}

const NONCE_BYTES = 12
const TAG_BYTES = 16

/**
 * AES-256-GCM (NIST SP 800-38D) with a random nonce per secret.
 * @param key 32 bytes
 */
export function createSecretSeal(key: Buffer): SecretSeal {
  return {
    seal(secret, extension) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES }).setAAD(
        Buffer.from(extension),
      )
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
      return `v1.${Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url')}`
    },
    open(sealed, extension) {
      const bytes = Buffer.from(/^v1\.([\w-]+)$/.exec(sealed)?.[1] ?? '', 'base64url')
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      })
        .setAAD(Buffer.from(extension))
        .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
      return (
        decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
      )
    },
  }
}

/** Without characters that look alike, as people type secrets into phones. 20 of 55 characters are 115 bits. */
const ALPHABET = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'

export const newSipSecret = (): string =>
  Array.from({ length: 20 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
