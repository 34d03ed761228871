import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { CertificateError, readCertificatePair } from '../../../bin/stack/certificate-pair.ts'
import { watchCertificate } from '../../../bin/stack/certificate-watch.ts'
import { prepareFrontTls } from '../../../bin/stack/front-tls.ts'
import { ensureSelfSigned, isStillGood, machineNames } from '../../../bin/stack/self-signed.ts'
import { openssl as opensslSpec } from '../../../bin/system/openssl.ts'
import { selfSigned } from '../../api/provisioning/self-signed.ts'
import { waitUntil } from '../../support/stack.ts'

const found = await opensslSpec.detectInstalled(process.env, '')
const openssl = found && 'found' in found ? found.found : undefined
const title = (text: string) => (openssl === undefined ? `${text} (skipped: there is no openssl here)` : text)

const folder = mkdtempSync(join(tmpdir(), 'hs-certificate-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const files = { certificate: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
const write = ({ cert, key }: { cert: string; key: string }) => {
  writeFileSync(files.certificate, cert)
  writeFileSync(files.key, key)
}

describe.skipIf(openssl === undefined)(title('a certificate and its key'), () => {
  const [one, other] = openssl === undefined ? [] : [selfSigned(), selfSigned()]
  if (one === undefined || other === undefined) return
  const encrypted = execFileSync('openssl', ['pkcs8', '-topk8', '-passout', 'pass:x'], {
    input: one.key,
  }).toString()

  test('are read as one text: the key, the certificate, its chain', () => {
    write({ cert: `${one.cert}${other.cert}`, key: one.key })
    const { pem, leaf, expiresAt } = readCertificatePair(files)
    expect(pem).toBe(`${one.key.trim()}\n${one.cert}${other.cert}`)
    expect(leaf.fingerprint256).toBe(new X509Certificate(one.cert).fingerprint256)
    expect(expiresAt).toBeGreaterThan(Date.now())
  })

  test.each([
    ['the key of another certificate', { cert: one.cert, key: other.key }, /is not that of the certificate/],
    ['the chain in the wrong order', { cert: other.cert + one.cert, key: one.key }, /is not that of/],
    ['an empty certificate', { cert: '', key: one.key }, /does not begin with a certificate/],
    ['half a certificate', { cert: one.cert.slice(0, 200), key: one.key }, /does not begin/],
    [
      'a whole one and half of its chain',
      { cert: one.cert + other.cert.slice(0, 200), key: one.key },
      /does not begin/,
    ],
    ['a key in place of the certificate', { cert: one.key, key: one.key }, /does not begin/],
    ['half a key', { cert: one.cert, key: one.key.slice(0, 100) }, /is no private key/],
    ['a key with a password', { cert: one.cert, key: encrypted }, /without a password/],
  ])('%s: refused without a word of the key', (_, pair, message) => {
    write(pair)
    const read = () => readCertificatePair(files)
    expect(read).toThrow(CertificateError)
    expect(read).toThrow(message)
    expect(read).not.toThrow(/-----/)
  })

  test('a text that is cut anywhere is refused or is the same certificate', () => {
    fc.assert(
      fc.property(fc.nat(one.cert.length), fc.nat(one.key.length), (certEnd, keyEnd) => {
        write({ cert: one.cert.slice(0, certEnd), key: one.key.slice(0, keyEnd) })
        try {
          expect(readCertificatePair(files).leaf.fingerprint256).toBe(
            new X509Certificate(one.cert).fingerprint256,
          )
        } catch (err) {
          expect(err).toBeInstanceOf(CertificateError)
        }
      }),
      { numRuns: 200 },
    )
  })

  test('a file that is missing is named', () => {
    expect(() => readCertificatePair({ ...files, key: join(folder, 'none') })).toThrow(
      /none cannot be read \(ENOENT\)/,
    )
  })

  describe('watched', () => {
    const target = join(folder, 'tls.pem')
    const lines: string[] = []
    let stop = () => {}
    beforeEach(() => {
      lines.length = 0
      write(one)
    })
    afterEach(() => stop())
    const watch = () => {
      const watched = watchCertificate(files, target, (line) => lines.push(line), 10)
      stop = watched.stop
      return watched
    }
    const installed = () => readFileSync(target, 'utf8')

    test('are copied at once, for this user alone', () => {
      watch()
      expect(installed()).toBe(`${one.key}${one.cert}`)
      expect(statSync(target).mode & 0o777).toBe(0o600)
    })

    test('are copied again when both have changed, and never as halves', async () => {
      const watched = watch()
      writeFileSync(files.key, other.key)
      await waitUntil('the half is noticed', () => lines.some((line) => line.includes('stays in use')))
      expect(installed()).toBe(`${one.key}${one.cert}`)
      writeFileSync(files.certificate, other.cert)
      await waitUntil('the pair is copied', () => installed() === `${other.key}${other.cert}`)
      expect(watched.current().leaf.fingerprint256).toBe(new X509Certificate(other.cert).fingerprint256)
      // One line about the half, although it was read many times.
      expect(lines.filter((line) => line.includes('stays in use'))).toHaveLength(1)
    })

    test('stay in use while the files are gone', async () => {
      watch()
      rmSync(files.certificate)
      await waitUntil('it is noticed', () => lines.some((line) => line.includes('ENOENT')))
      expect(installed()).toBe(`${one.key}${one.cert}`)
    })

    test('end the start if they cannot be used', () => {
      write({ cert: one.cert, key: other.key })
      expect(watch).toThrow(/^no TLS: /)
    })

    test('that expire within two weeks are announced', () => {
      // It is valid for two days.
      watch()
      expect(lines).toEqual([
        expect.stringMatching(/^TLS: the certificate expires soon \(SHA-256 [0-9A-F:]{95}, /),
      ])
    })
  })
})

describe.skipIf(openssl === undefined)(title('a self-signed certificate'), () => {
  if (openssl === undefined) return
  const own = join(folder, 'own')
  const names = {
    required: ['localhost', '127.0.0.1', '::1', 'desk', '192.0.2.7'],
    optional: ['2001:db8::7'],
  }
  const DAY_MS = 86_400_000
  const ensure = (more: Partial<Parameters<typeof ensureSelfSigned>[0]> = {}) =>
    ensureSelfSigned({ folder: own, openssl, names, now: Date.now(), ...more })
  const fingerprintOf = async (...needs: Parameters<typeof ensure>) =>
    readCertificatePair(await ensure(...needs)).leaf.fingerprint256

  test('names this machine, is no authority, and is valid for 397 days', async () => {
    const made = await ensure()
    const { leaf, expiresAt } = readCertificatePair(made)
    for (const name of ['localhost', 'desk']) expect(leaf.checkHost(name)).toBe(name)
    for (const address of ['127.0.0.1', '::1', '192.0.2.7', '2001:db8::7'])
      expect(leaf.checkIP(address)).toBe(address)
    expect(leaf.checkHost('other')).toBeUndefined()
    expect(leaf.ca).toBe(false)
    expect(Math.round((expiresAt - Date.now()) / DAY_MS)).toBe(397)
    for (const file of [made.key, made.certificate]) expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  test('stays as it is while it is good', async () => {
    expect(await fingerprintOf()).toBe(await fingerprintOf())
    // An address that is gone, and a new one for privacy.
    const changed = { required: names.required.slice(0, 4), optional: ['2001:db8::8'] }
    expect(await fingerprintOf({ names: changed })).toBe(await fingerprintOf())
  })

  test.each([
    ['30 days before its end', { now: Date.now() + 368 * DAY_MS }],
    ['for a new address', { names: { ...names, required: [...names.required, '192.0.2.8'] } }],
    ['for a new name', { names: { ...names, required: [...names.required, 'laptop'] } }],
  ])('is made anew %s', async (_, needs) => {
    const before = await fingerprintOf()
    expect(await fingerprintOf(needs)).not.toBe(before)
  })

  test.each([
    [
      'a demo',
      true,
      'without the demo and its public passwords: HOOKSWITCH_HOST=0.0.0.0 npm start -- --https',
    ],
    ['no demo', false, 'For the LAN: HOOKSWITCH_HOST=0.0.0.0 npm start -- --https'],
  ])('its welcome names the fingerprint and the way to the LAN: %s', async (_, demo, way) => {
    const data = mkdtempSync(join(folder, 'data-'))
    const settings = { data, systemFolder: data, host: '127.0.0.1', port: 8080, tls: undefined }
    const tls = await prepareFrontTls({ run: data, settings, selfSigned: true, log: () => {} })
    tls?.stop()
    expect(tls?.welcome(demo)).toContain(way)
    const made = new X509Certificate(readFileSync(join(data, 'tls/self-signed.crt')))
    expect(tls?.welcome(demo)).toContain(made.fingerprint256)
  })

  test('is made anew if its files are damaged', async () => {
    const made = await ensure()
    writeFileSync(made.key, 'x')
    expect(isStillGood(readCertificatePair(await ensure()), names, Date.now())).toBe(true)
  })
})

describe('the names of this machine', () => {
  const interfaces = (...addresses: readonly string[]) => ({
    eth0: addresses.map((address) => ({
      address,
      family: address.includes(':') ? ('IPv6' as const) : ('IPv4' as const),
      internal: false,
      netmask: '',
      mac: '',
      cidr: null,
      scopeid: 0,
    })),
  })

  test.each([
    ['a short name', 'desk', ['localhost', '127.0.0.1', '::1', 'desk', 'desk.local', '192.0.2.7']],
    ['a full name', 'desk.example.org', ['localhost', '127.0.0.1', '::1', 'desk.example.org', '192.0.2.7']],
    ['no name of its own', 'localhost', ['localhost', '127.0.0.1', '::1', '192.0.2.7']],
    [
      'a name that no certificate can have',
      'my desk,DNS:bank',
      ['localhost', '127.0.0.1', '::1', '192.0.2.7'],
    ],
  ])('%s', (_, host, required) => {
    expect(machineNames(host, interfaces('192.0.2.7')).required).toEqual(required)
  })

  test('IPv6 addresses are named, but those of one link are not', () => {
    expect(machineNames('desk', interfaces('2001:db8::7', 'fe80::1')).optional).toEqual(['2001:db8::7'])
  })
})
