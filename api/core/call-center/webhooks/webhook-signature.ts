import { createPublicKey, verify } from 'node:crypto'

/** A request as it came: headers as text, and the body's very bytes. */
export interface SignedRequest {
  signature: string | undefined
  timestamp: string | undefined
  body: Uint8Array
}

export interface SignatureVerifierNeeds {
  /** Ed25519, base64 of 32 bytes. */
  publicKey: string
  /** How far a timestamp may be from now, in either direction. */
  toleranceSeconds: number
  now: () => number
}

/** 64 bytes, and nothing that could be spelled otherwise. */
const SIGNATURE = /^[A-Za-z0-9+/]{85}[AQgw]==$/
const TIMESTAMP = /^\d{1,12}$/

/**
 * Telnyx's way to sign: Ed25519 over `<timestamp>|<body>`, the timestamp in unix seconds.
 * @returns a function that says whether a request was signed with this key within the tolerance
 */
export function createSignatureVerifier({ publicKey, toleranceSeconds, now }: SignatureVerifierNeeds) {
  const x = Buffer.from(publicKey, 'base64').toString('base64url')
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })

  return ({ signature = '', timestamp = '', body }: SignedRequest): boolean => {
    if (!SIGNATURE.test(signature) || !TIMESTAMP.test(timestamp)) return false
    if (Math.abs(now() / 1000 - Number(timestamp)) > toleranceSeconds) return false
    const signed = Buffer.concat([Buffer.from(`${timestamp}|`), body])
    return verify(null, signed, key, Buffer.from(signature, 'base64'))
  }
}
