import { isIP } from 'node:net'
import { join } from 'node:path'
import { startInterval } from '../../runtime/interval.ts'
import { DAY_S } from '../../runtime/time.ts'
import { findOrFetch } from '../system/programs.ts'
import { describeCertificate, watchCertificate } from './certificate-watch.ts'
import { urlHost } from './gateway.ts'
import type { NginxTls } from './nginx-conf.ts'
import { ensureSelfSigned, machineNames } from './self-signed.ts'
import { isLoopback, type StartSettings, type TlsFiles } from './settings.ts'

/** The certificate of the front, in use. */
export interface FrontTls {
  nginx: Omit<NginxTls, 'http2'>
  /** The name by which clients reach the certificate's owner; undefined if it names this machine's addresses. */
  name: string | undefined
  /** What curl needs to verify it. */
  curlOptions: string
  /** What a person should know, printed once everything runs. */
  welcome(demo: boolean): string
  stop(): void
}

export interface FrontTlsNeeds {
  run: string
  settings: Pick<StartSettings, 'data' | 'systemFolder' | 'host' | 'port' | 'tls'>
  /** Whether to make a certificate that no authority has signed. */
  selfSigned: boolean
  log(line: string): void
}

const RENEWAL_CHECK_MS = (DAY_S * 1_000) / 24

/**
 * Prepares TLS, if the settings or the command line ask for it, and watches the certificate from then on.
 * @throws {SetupError} when there is no usable certificate
 */
export async function prepareFrontTls(needs: FrontTlsNeeds): Promise<FrontTls | undefined> {
  const { run, settings, selfSigned, log } = needs
  if (!selfSigned) return settings.tls === undefined ? undefined : startCertificate(settings.tls, run, log)

  const folder = join(settings.data, 'tls')
  const { openssl } = await findOrFetch(settings.systemFolder, ['openssl'], log)
  const ensure = () => ensureSelfSigned({ folder, openssl, names: machineNames(), now: Date.now() })
  const files = await ensure()
  const tls = startCertificate(files, run, log)
  // Made again before it expires, or if this machine has got another address.
  const renewal = startInterval(
    RENEWAL_CHECK_MS,
    async () => void (await ensure()),
    (err) =>
      log(`TLS: the self-signed certificate was not renewed: ${err instanceof Error ? err.message : err}`),
    { pauseFirst: true },
  )
  return {
    ...tls,
    nginx: { ...tls.nginx, hsts: false },
    name: undefined,
    curlOptions: `--cacert '${files.certificate}' `,
    welcome: (demo) =>
      [
        tls.welcome(demo),
        'No authority has signed it: browsers warn once. Compare the SHA-256 with the one that the browser shows.',
        ...reachableUrls(settings),
        ...(isLoopback(settings.host)
          ? [
              `Only this machine reaches it. For the LAN${demo ? ', without the demo and its public passwords' : ''}: HOOKSWITCH_HOST=0.0.0.0 npm start -- --https`,
            ]
          : []),
      ].join('\n'),
    stop() {
      renewal.stop()
      tls.stop()
    },
  }
}

function startCertificate(files: TlsFiles, run: string, log: (line: string) => void): FrontTls {
  const target = join(run, 'tls.pem')
  const watch = watchCertificate(files, target, log)
  return {
    nginx: { certificateFile: target, keyFile: target, hsts: true },
    name: firstNameOf(watch.current().leaf.subjectAltName),
    curlOptions: '',
    welcome: () => `TLS: ${describeCertificate(watch.current())}`,
    stop: watch.stop,
  }
}

/** @param subjectAltName as Node.js writes it: `DNS:pbx.example.org, IP Address:192.0.2.1` */
const firstNameOf = (subjectAltName: string | undefined): string | undefined =>
  /(?:^|, )DNS:([a-z0-9.-]+)(?:,|$)/i.exec(subjectAltName ?? '')?.[1]

/** How other machines reach it, where it listens for them. */
function reachableUrls({ host, port }: Pick<StartSettings, 'host' | 'port'>): string[] {
  if (host !== '0.0.0.0' && host !== '::') return []
  const { required } = machineNames()
  const reachable = required.filter((name) => name !== 'localhost' && !isLoopback(name))
  // Names first.
  const sorted = reachable.sort((a, b) => Math.sign(isIP(a)) - Math.sign(isIP(b)))
  return [`From other machines: ${sorted.map((name) => `https://${urlHost(name)}:${port}`).join(' ')}`]
}
