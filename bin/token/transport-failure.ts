import { TokenCommandError } from './errors.ts'

/** Why no whole answer came. `code` is of Node, OpenSSL or undici. */
export interface TransportFailure {
  kind: 'refused' | 'unknown_host' | 'lost' | 'timeout' | 'certificate' | 'tls' | 'garbled'
  code: string
}

/** What OpenSSL calls a certificate it cannot verify, besides CERT_…; Node adds the names' mismatch. */
const CERTIFICATE =
  /^(CERT_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT|UNABLE_TO_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|HOSTNAME_MISMATCH|ERR_TLS_CERT_)/

export function toTransportFailure(err: unknown): TransportFailure {
  const { name = '', code = name } = errorFields(err)
  if (name === 'TimeoutError' || /TIMEDOUT|TIMEOUT/.test(code)) return { kind: 'timeout', code }
  if (CERTIFICATE.test(code)) return { kind: 'certificate', code }
  if (/^(ERR_SSL|ERR_TLS|EPROTO)/.test(code)) return { kind: 'tls', code }
  if (/^HPE_|^UND_ERR_RES_/.test(code)) return { kind: 'garbled', code }
  if (code === 'ENOTFOUND') return { kind: 'unknown_host', code }
  return { kind: code === 'ECONNREFUSED' ? 'refused' : 'lost', code }
}

/** An AggregateError of several addresses bears the code of the first one. */
function errorFields(err: unknown): { name?: string; code?: string } {
  if (!(err instanceof Error)) return {}
  return { name: err.name, ...('code' in err && typeof err.code === 'string' ? { code: err.code } : {}) }
}

/** Whether it may well go another way the next time. */
export const isTransient = ({ kind }: TransportFailure): boolean =>
  kind === 'refused' || kind === 'lost' || kind === 'timeout'

/** The fault in words, with what to do about it. */
export function toTokenCommandError(
  { kind, code }: TransportFailure,
  origin: string,
  timeoutMs: number,
): TokenCommandError {
  const check = 'check MIKOPBX_API_URL'
  switch (kind) {
    case 'refused':
      return new TokenCommandError(
        'unreachable',
        `${origin} refuses connections: start the server, or ${check}`,
      )
    case 'unknown_host':
      return new TokenCommandError('unreachable', `the host of ${origin} is unknown: ${check}`)
    case 'lost':
      return new TokenCommandError(
        'unreachable',
        `no connection to ${origin} (${code}): is it up? Else ${check}`,
      )
    case 'timeout':
      return new TokenCommandError(
        'unreachable',
        `no answer from ${origin} in ${timeoutMs / 1000} s: is it up? Else ${check}, or wait longer with --timeout`,
      )
    case 'certificate':
      return new TokenCommandError(
        'tls',
        `the certificate of ${origin} cannot be verified (${code}): name its authority's file in NODE_EXTRA_CA_CERTS, or accept it with --insecure`,
      )
    case 'tls':
      return new TokenCommandError(
        'tls',
        `no encrypted connection to ${origin} (${code}): is it https? Else ${check}`,
      )
    case 'garbled':
      return new TokenCommandError('nonsense', `${origin} does not speak HTTP (${code}): ${check}`)
  }
}
