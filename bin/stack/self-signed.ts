import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { DAY_S } from '../../runtime/time.ts'
import type { Program } from '../system/program-spec.ts'
import { runProgram } from '../system/run-program.ts'
import { SetupError } from '../system/setup-error.ts'
import { type CertificatePair, readCertificatePair } from './certificate-pair.ts'
import type { TlsFiles } from './settings.ts'

/** Browsers take no certificate that is valid for longer than 398 days. */
const VALID_DAYS = 397
const RENEW_BEFORE_MS = 30 * DAY_S * 1_000

/** This machine, as its certificate names it. */
export interface MachineNames {
  /** DNS names and addresses that the certificate must have. */
  required: readonly string[]
  /** Added when one is made; a change alone is no reason for a new certificate. */
  optional: readonly string[]
}

/**
 * Names and addresses of this machine. IPv6 addresses other than ::1 are optional, as those for privacy change each day
 * (RFC 8981), and each new certificate has to be accepted by a person.
 */
export function machineNames(host = hostname(), interfaces = networkInterfaces()): MachineNames {
  const isName =
    /^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/i.test(host) && host !== 'localhost' && isIP(host) === 0
  // `.local`: phones and other machines of a LAN find it so (RFC 6762).
  const names = !isName ? [] : host.includes('.') ? [host] : [host, `${host}.local`]
  const addresses = Object.values(interfaces).flatMap((one) => one ?? [])
  const ofFamily = (family: 'IPv4' | 'IPv6') =>
    addresses.filter((one) => one.family === family && !one.internal).map(({ address }) => address)
  return {
    required: [...new Set(['localhost', '127.0.0.1', '::1', ...names, ...ofFamily('IPv4')])],
    optional: [...new Set(ofFamily('IPv6').filter((address) => !/^fe[89ab]/i.test(address)))],
  }
}

/** Whether a certificate names all that it must, and does not expire soon. */
export function isStillGood({ leaf, expiresAt }: CertificatePair, names: MachineNames, now: number): boolean {
  const isNamed = (name: string) =>
    (isIP(name) === 0 ? leaf.checkHost(name, { wildcards: false }) : leaf.checkIP(name)) !== undefined
  return expiresAt - now > RENEW_BEFORE_MS && names.required.every(isNamed)
}

export interface SelfSignedNeeds {
  /** Made where it is missing; holds the pair. */
  folder: string
  openssl: Program
  names: MachineNames
  /** Unix ms. */
  now: number
}

/**
 * Makes a certificate that no authority has signed, and its key; leaves one that is still good.
 * @returns their files, readable by this user alone
 * @throws {SetupError} with the reason of openssl
 */
export async function ensureSelfSigned({ folder, openssl, names, now }: SelfSignedNeeds): Promise<TlsFiles> {
  const files = { certificate: join(folder, 'self-signed.crt'), key: join(folder, 'self-signed.key') }
  if (hasGoodPair(files, names, now)) return files

  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const draft = { certificate: `${files.certificate}.new`, key: `${files.key}.new` }
  const request = join(folder, 'request.cnf')
  writeFileSync(request, requestFor(names), { mode: 0o600 })
  // openssl opens what is there already and leaves its mode.
  for (const file of [draft.certificate, draft.key]) writeFileSync(file, '', { mode: 0o600 })
  const { code, err } = await runProgram(
    openssl.path,
    [
      ...['req', '-x509', '-config', request, '-days', String(VALID_DAYS), '-sha256', '-nodes'],
      ...['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'],
      ...['-keyout', draft.key, '-out', draft.certificate],
    ],
    { env: { ...process.env, ...openssl.env } },
  )
  if (code !== 0) throw new SetupError(`openssl makes no certificate: ${err.trim().split('\n').at(-1)}`)
  renameSync(draft.key, files.key)
  renameSync(draft.certificate, files.certificate)
  return files
}

function hasGoodPair(files: TlsFiles, names: MachineNames, now: number): boolean {
  try {
    return isStillGood(readCertificatePair(files), names, now)
  } catch {
    return false
  }
}

/** What `openssl req` reads: not the machine's own openssl.cnf, which would make it an authority. */
const requestFor = ({ required, optional }: MachineNames): string => `[req]
distinguished_name = subject
x509_extensions = extensions
prompt = no
[subject]
O = Hookswitch
CN = Hookswitch, self-signed
[extensions]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
subjectAltName = ${[...required, ...optional].map((name) => `${isIP(name) === 0 ? 'DNS' : 'IP'}:${name}`).join(',')}
`
