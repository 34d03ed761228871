import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import type { TlsFiles } from './settings.ts'

/** A certificate and its key that belong together. */
export interface CertificatePair {
  /** The key, then the certificate with its chain, as one PEM text. */
  pem: string
  leaf: X509Certificate
  /** Unix ms. */
  expiresAt: number
}

/** Why a pair cannot be used: names the file, and contains nothing of the key. */
export class CertificateError extends Error {
  override name = 'CertificateError'
}

/**
 * Reads a certificate with its chain, and its key. An expired one is returned, too: the caller decides.
 * @throws {CertificateError} a file cannot be read or is no PEM, the key has a password, or belongs to another certificate
 */
export function readCertificatePair(files: TlsFiles): CertificatePair {
  const cert = readText(files.certificate)
  const key = readText(files.key)
  const leaf = attempt(`${files.certificate} does not begin with a certificate in PEM`, () => {
    const blocks = cert.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
    if (blocks.length !== cert.split('-----BEGIN ').length - 1)
      throw new Error('another block, or half of one')
    const [first] = blocks.map((block) => new X509Certificate(block))
    if (first === undefined) throw new Error('no block')
    return first
  })
  const privateKey = attempt(`${files.key} is no private key in PEM without a password`, () =>
    createPrivateKey(key),
  )
  if (!leaf.checkPrivateKey(privateKey))
    throw new CertificateError(
      `the key in ${files.key} is not that of the certificate in ${files.certificate}`,
    )
  // Also refuses what OpenSSL refuses later, such as an RSA key that is too short.
  attempt(`TLS refuses the certificate in ${files.certificate}`, () => createSecureContext({ cert, key }))
  return { pem: `${key.trim()}\n${cert.trim()}\n`, leaf, expiresAt: Date.parse(leaf.validTo) }
}

/** Replaces the file as a whole, so that nginx never reads half of it. */
export function writePemFile(path: string, pem: string): void {
  const draft = `${path}.new`
  writeFileSync(draft, pem, { mode: 0o600 })
  renameSync(draft, path)
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch (err) {
    const code = err instanceof Error && 'code' in err ? String(err.code) : 'it cannot be read'
    throw new CertificateError(`${path} cannot be read (${code})`)
  }
}

function attempt<T>(message: string, action: () => T): T {
  try {
    return action()
  } catch {
    throw new CertificateError(message)
  }
}
