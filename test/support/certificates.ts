import { readFileSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { findOrFetch } from '../../bin/system/programs.ts'
import { runProgram } from '../../bin/system/run-program.ts'
import { systemFolder } from './build.ts'

/** An authority of a test, and what it signs. */
export interface CertificateAuthority {
  /** Path of its certificate. */
  certificate: string
  /**
   * Makes a certificate for a name or an address.
   * @param days negative: it expired so many days ago
   */
  issue(name: string, host: string, days?: number): Promise<{ certificate: string; key: string }>
}

export async function createCertificateAuthority(
  folder: string,
  name: string,
): Promise<CertificateAuthority> {
  const { openssl } = await findOrFetch(systemFolder, ['openssl'], () => {})
  const run = async (...args: string[]) => {
    const { code, err } = await runProgram(openssl.path, args, {
      env: { ...process.env, ...openssl.env },
      cwd: folder,
    })
    if (code !== 0) throw new Error(err)
  }
  const file = (suffix: string) => join(folder, `${name}.${suffix}`)
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  await run(
    ...['req', '-x509', ...newKey, '-subj', `/CN=${name}`, '-days', '30'],
    ...['-addext', 'basicConstraints=critical,CA:TRUE', '-keyout', file('key'), '-out', file('crt')],
  )
  writeFileSync(file('index'), '')
  return {
    certificate: file('crt'),
    async issue(leaf, host, days = 30) {
      const [key, request, certificate] = ['key', 'csr', 'crt'].map((one) => join(folder, `${leaf}.${one}`))
      if (key === undefined || request === undefined || certificate === undefined) throw new Error()
      await run('req', ...newKey, '-subj', `/CN=${leaf}`, '-keyout', key, '-out', request)
      const settings = join(folder, `${leaf}.cnf`)
      const stamp = (day: number) =>
        new Date(Date.now() + day * 86_400_000).toISOString().replace(/[-:T]|\.\d+/g, '')
      writeFileSync(
        settings,
        `[ca]\ndefault_ca = here\n[here]\ndatabase = ${file('index')}\nnew_certs_dir = ${folder}\nrand_serial = yes\n` +
          `default_md = sha256\npolicy = any\nunique_subject = no\n[any]\ncommonName = supplied\n` +
          `[leaf]\nsubjectAltName = ${isIP(host) === 0 ? 'DNS' : 'IP'}:${host}\n`,
      )
      await run(
        ...['ca', '-batch', '-config', settings, '-extensions', 'leaf', '-notext'],
        ...['-cert', file('crt'), '-keyfile', file('key'), '-in', request, '-out', certificate],
        ...['-startdate', stamp(Math.min(-1, days - 1)), '-enddate', stamp(days)],
      )
      return { certificate, key }
    },
  }
}

export const readPem = (path: string): string => readFileSync(path, 'utf8')
