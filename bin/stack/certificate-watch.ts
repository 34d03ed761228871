import { startInterval } from '../../runtime/interval.ts'
import { DAY_S } from '../../runtime/time.ts'
import { SetupError } from '../system/setup-error.ts'
import {
  CertificateError,
  type CertificatePair,
  readCertificatePair,
  writePemFile,
} from './certificate-pair.ts'
import type { TlsFiles } from './settings.ts'

export interface CertificateWatch {
  /** The pair that is in use. */
  current(): CertificatePair
  stop(): void
}

const POLL_INTERVAL_MS = 2_000
const WARN_BEFORE_MS = 14 * DAY_S * 1_000
const WARN_AGAIN_MS = DAY_S * 1_000

/**
 * Copies a certificate and its key into the one file that nginx reads at each handshake, and again whenever they have
 * changed. A pair that does not belong together, is half written or has expired is not copied: the earlier one stays.
 *
 * Reads the files instead of waiting for events: certbot replaces links of links, and a mounted folder reports nothing.
 *
 * @param target path of nginx's file
 * @throws {SetupError} when the files cannot be used at the start
 */
export function watchCertificate(
  files: TlsFiles,
  target: string,
  log: (line: string) => void,
  pollMs = POLL_INTERVAL_MS,
): CertificateWatch {
  let pair = readFirst(files)
  let warnedAt = 0
  writePemFile(target, pair.pem)
  warnOfExpiry()

  const poll = startInterval(
    pollMs,
    async () => {
      warnOfExpiry()
      const found = readCertificatePair(files)
      if (found.pem === pair.pem) return
      if (found.expiresAt <= Date.now())
        throw new CertificateError(`the certificate in ${files.certificate} has expired already`)
      writePemFile(target, found.pem)
      pair = found
      log(`TLS: new connections get the new certificate (${describeCertificate(pair)})`)
    },
    (err) => log(`TLS: the earlier certificate stays in use: ${err instanceof Error ? err.message : err}`),
    { pauseFirst: true },
  )

  function warnOfExpiry() {
    const now = Date.now()
    if (pair.expiresAt - now > WARN_BEFORE_MS || now - warnedAt < WARN_AGAIN_MS) return
    warnedAt = now
    log(
      `TLS: the certificate ${pair.expiresAt <= now ? 'has expired' : 'expires soon'} (${describeCertificate(pair)})`,
    )
  }

  return { current: () => pair, stop: () => poll.stop() }
}

function readFirst(files: TlsFiles): CertificatePair {
  try {
    return readCertificatePair(files)
  } catch (err) {
    if (err instanceof CertificateError) throw new SetupError(`no TLS: ${err.message}`)
    throw err
  }
}

/** What a person compares with the browser's view. */
export const describeCertificate = ({ leaf, expiresAt }: CertificatePair): string =>
  `SHA-256 ${leaf.fingerprint256}, valid until ${new Date(expiresAt).toISOString().slice(0, 10)}`
