import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'vitest'
import { observe, serve } from './fixtures/ami-client.ts'
import { until } from './fixtures/until.ts'

describe('an AMI client with TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ami-tls-'))
  const [key, cert] = [join(folder, 'key'), join(folder, 'cert')]
  const made = (() => {
    try {
      const san = ['-addext', 'subjectAltName=IP:127.0.0.1']
      const req = [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-days',
        '2',
      ]
      execFileSync('openssl', [...req, '-subj', '/CN=pbx', ...san, '-keyout', key, '-out', cert], {
        stdio: 'ignore',
      })
      return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
    } catch {
      return undefined
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })()
  const name = made === undefined ? '%s (skipped: there is no openssl here)' : '%s'

  test.skipIf(made === undefined).each<[string, object, string]>([
    ['connects to a PBX with a trusted certificate', { ca: made?.cert }, 'up'],
    ['refuses a PBX with an untrusted certificate', {}, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['connects to it if any certificate is accepted', { rejectUnauthorized: false }, 'up'],
  ])(name, async (_, tls, outcome) => {
    const server = await serve({}, made)
    const watched = observe(server.port, { dial: { tls } })
    watched.ami.open()
    await until(() => (watched.ami.state().lastDisconnect?.detail ?? watched.ami.state().phase) === outcome)
  })
})
