import { createPublicKey, verify } from 'node:crypto'

/** A signed request: its headers as text, and the bytes of its body as received. */
export interface SignedRequest {
  signature: string | undefined
  timestamp: string | undefined
  body: Uint8Array
}

export interface SignatureVerifierNeeds {
  /** Ed25519, base64 of 32 bytes. */
  publicKey: string
  /** How far a timestamp may be in the past or future. */
  toleranceSeconds: number
  now: () => number
}

/** 64 bytes in canonical base64. */
const SIGNATURE = /^[A-Za-z0-9+/]{85}[AQgw]==$/
const TIMESTAMP = /^\d{1,12}$/

/**
 * Verifies Telnyx's signatures: Ed25519 over `<timestamp>|<body>`, the timestamp in unix seconds.
 * @returns a function: whether a request was signed with this key, within the tolerance
 */
export function createSignatureVerifier({ publicKey, toleranceSeconds, now }: SignatureVerifierNeeds) {
  const x = Buffer.from(publicKey, 'base64').toString('base64url')
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })

  return ({ signature = '', timestamp = '', body }: SignedRequest): boolean => {
    if (!SIGNATURE.test(signature) || !TIMESTAMP.test(timestamp)) return false
    if (Math.abs(now() / 1_000 - Number(timestamp)) > toleranceSeconds) return false
    const signed = Buffer.concat([Buffer.from(`${timestamp}|`), body])
    return verify(null, signed, key, Buffer.from(signature, 'base64'))
  }
}
