import { inspect } from 'node:util'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { ProvisioningError } from '../../../api/core/provisioning/provisioner.ts'
import { type AsteriskNeeds, createAsteriskProvisioner } from '../../../api/provisioning/asterisk.ts'
import { OWNERSHIP_OPTION } from '../../../api/provisioning/pjsip-objects.ts'
import { ARI, startAri } from './fake-ari.ts'
import { extensionSpec as anyOrder, faultsOn, shortTimeouts, web } from './fixtures.ts'

const order = { ...anyOrder, secret: 'Vq7ProposedSecret42' }

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

async function open(changes: Partial<AsteriskNeeds> = {}) {
  const ari = await startAri()
  const asterisk = createAsteriskProvisioner({
    baseUrl: ari.url,
    ...ARI,
    phones: { context: 'internal', codecs: ['alaw', 'ulaw'], web },
    timeouts: shortTimeouts,
    ...changes,
  })
  const end = async () => {
    await asterisk.close()
    await ari.stop()
  }
  ends.push(end)
  return { ari, asterisk, end }
}
const provided = { extension: '1001', authUsername: '1001', secret: order.secret }
const errorOf = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.fail('it was done'),
    (err: ProvisioningError) => err,
  )

describe('provisioning', () => {
  test('creates the auth before the endpoint', async () => {
    const { ari, asterisk } = await open()
    expect(await asterisk.provision(order)).toEqual(provided)
    expect(ari.written.slice(0, 3)).toMatchObject([
      { object: 'auth/1001', fields: { username: '1001', password: order.secret } },
      { object: 'aor/1001', fields: { max_contacts: '1', remove_existing: 'yes' } },
      {
        object: 'endpoint/1001',
        fields: {
          auth: '1001',
          aors: '1001',
          context: 'internal',
          disallow: 'all',
          allow: 'alaw,ulaw',
          webrtc: 'no',
          callerid: '"Alice Smith" <1001>',
        },
      },
    ])
    for (const { fields } of ari.written) expect(fields[OWNERSHIP_OPTION]).toBe(order.ownershipTag)
  })

  test('creates an endpoint for browsers, with a password that is never returned', async () => {
    const { ari, asterisk } = await open()
    const secrets = [order, { ...order, extension: '1002' }].map(async (one) => {
      await asterisk.provision(one)
      return ari.objects.get(`auth/${one.extension}-web`)?.password
    })
    const [first, second] = await Promise.all(secrets)
    expect(first).toMatch(/^[A-Za-z0-9]{20}$/)
    expect(new Set([first, second, order.secret]).size).toBe(3)
    expect(ari.open).toEqual([])
    expect(ari.objects.get('aor/1001-web')).toMatchObject({ max_contacts: '3', remove_existing: 'yes' })
    expect(ari.objects.get('endpoint/1001-web')).toMatchObject({
      [OWNERSHIP_OPTION]: order.ownershipTag,
      auth: '1001-web',
      aors: '1001-web',
      context: 'hookswitch-web',
      callerid: '"Alice Smith" <1001>',
      allow: 'opus,ulaw,alaw',
      webrtc: 'yes',
      dtls_auto_generate_cert: 'yes',
      send_rpid: 'no',
      send_connected_line: 'no',
      timers: 'no',
      allow_transfer: 'no',
      rtp_timeout: '30',
    })
  })

  test('never writes an aor again, which would make its registrations permanent', async () => {
    const { ari, asterisk } = await open()
    await asterisk.provision(order)
    for (const aor of ['aor/1001', 'aor/1001-web']) {
      // As Asterisk shows them.
      ari.objects.set(aor, { ...ari.objects.get(aor), remove_existing: 'true', contact: 'sip:a@192.0.2.1' })
    }
    ari.written.splice(0)
    await asterisk.provision({ ...order, secret: 'Vq7AnotherSecret42' })
    expect(ari.written.map(({ object }) => object)).toEqual([
      ...['auth/1001', 'endpoint/1001'],
      ...['auth/1001-web', 'endpoint/1001-web'],
    ])
  })

  test('removes both', async () => {
    const { ari, asterisk } = await open()
    await asterisk.provision(order)
    await asterisk.remove('1001', order)
    expect([...ari.objects.keys()]).toEqual([])
  })

  test('a repeated request returns the same', async () => {
    const { ari, asterisk } = await open()
    await asterisk.provision(order)
    const before = new Map(ari.objects)
    expect(await asterisk.provision(order)).toEqual(provided)
    expect(ari.objects).toEqual(before)
  })

  test('phone options set the endpoint, but not its owner', async () => {
    const { ari, asterisk } = await open({
      phones: {
        context: 'from-internal',
        codecs: ['opus'],
        transport: 'transport-tcp',
        maxContacts: 3,
        mediaAddress: '192.0.2.1',
        endpoint: { rtp_symmetric: 'no' },
        web: { ...web, mediaAddress: '2001:db8::1' },
      },
    })
    await asterisk.provision(order)
    expect(ari.objects.get('aor/1001')).toMatchObject({ max_contacts: '3' })
    expect(ari.objects.get('endpoint/1001')).toMatchObject({
      context: 'from-internal',
      webrtc: 'no',
      transport: 'transport-tcp',
      rtp_symmetric: 'no',
      media_address: '192.0.2.1',
      bind_rtp_to_media_address: 'yes',
    })
    expect(ari.objects.get('endpoint/1001-web')).toMatchObject({
      rtp_symmetric: 'yes',
      media_address: '2001:db8::1',
      bind_rtp_to_media_address: 'yes',
    })
    expect(ari.objects.get('endpoint/1001-web')).not.toHaveProperty('transport')
  })

  test.each([
    ['a context with a comma', { context: 'internal,1' }],
    ['no codecs', { codecs: [] }],
    ['a codec that ends the line', { codecs: ['alaw\n'] }],
    ['another auth', { endpoint: { auth: '1002' } }],
    ['a reserved option', { endpoint: { '@hookswitch_mark': 'mine' } }],
    ['a value that begins a comment', { endpoint: { language: 'de;' } }],
    ['no contacts', { maxContacts: 0 }],
    ['a context of browsers with a comma', { web: { ...web, context: 'web,1' } }],
    ['a media address that is a name', { mediaAddress: 'pbx.example.org' }],
    ['a media address of browsers with a line end', { web: { ...web, mediaAddress: '192.0.2.1\n' } }],
  ])('%s throws at the start', (_, overrides) => {
    const phones = { context: 'internal', codecs: ['alaw'], web, ...overrides }
    expect(() => createAsteriskProvisioner({ baseUrl: 'http://127.0.0.1:1', ...ARI, phones })).toThrow(
      /^extensions of Asterisk: /,
    )
  })

  test.each([
    ['an extension with letters', { extension: '10a1' }],
    ['an extension that is a path', { extension: '../1001' }],
    ['a short secret', { secret: 'short' }],
    ['a secret with a line end', { secret: `${order.secret}\n` }],
    ['an ownership tag with a space', { ownershipTag: 'a b' }],
  ])('%s never reaches Asterisk', async (_, overrides) => {
    const { ari, asterisk } = await open()
    await expect(asterisk.provision({ ...order, ...overrides })).rejects.toMatchObject({ code: 'refused' })
    expect(ari.requestCounts).toEqual({})
  })

  test('a display name cannot leave its quotes', async () => {
    const { ari, asterisk } = await open()
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 60 }), async (displayName) => {
        await asterisk.provision({ ...order, displayName })
        expect(ari.objects.get('endpoint/1001')?.callerid).toMatch(/^"[^"\\;<>\p{Cc}\p{Zl}\p{Zp}]+" <1001>$/u)
      }),
      { numRuns: 12, examples: [['"<sip:x@y>;\r\n[a]\\']] },
    )
  })
})

describe('an extension that is not ours', () => {
  test.each([
    ['another registration created', 'endpoint/1001', { [OWNERSHIP_OPTION]: 'another' }],
    ['another registration created partly', 'auth/1001', { [OWNERSHIP_OPTION]: 'another' }],
    ['has no ownership tag', 'aor/1001', {}],
    ['an administrator made for browsers', 'endpoint/1001-web', {}],
  ])('an object that %s is neither changed nor removed', async (_, object, fields) => {
    const { ari, asterisk } = await open()
    ari.objects.set(object, fields)
    await expect(asterisk.provision(order)).rejects.toMatchObject({ code: 'taken' })
    await expect(asterisk.remove('1001', order)).rejects.toMatchObject({ code: 'taken' })
    expect([...ari.objects]).toEqual([[object, fields]])
  })

  test('an extension of pjsip.conf is taken, also if it is added there during provisioning', async () => {
    const { ari, asterisk } = await open()
    ari.beforeNext.set('PUT auth', () => ari.inFiles.set('auth/1001', {}))
    await expect(asterisk.provision(order)).rejects.toMatchObject({ code: 'taken' })
    expect(ari.objects.size).toBe(0)
  })

  test('a concurrent registration wins', async () => {
    const { ari, asterisk } = await open()
    await asterisk.provision(order)
    ari.beforeNext.set('PUT endpoint', () =>
      ari.objects.set('endpoint/1001', { [OWNERSHIP_OPTION]: 'another' }),
    )
    ari.faults.push({ on: 'PUT endpoint', kind: 'lie' })
    await expect(asterisk.provision(order)).rejects.toMatchObject({ code: 'taken' })
  })
})

describe('an error of Asterisk', () => {
  test.each([
    ['a read_only user', 403, 'Write access denied', 'unauthorized', /read_only/],
    [
      'no sorcery mapping at run time',
      403,
      "Cannot create sorcery objects of type 'auth'",
      'unauthorized',
      /sorcery\.conf/,
    ],
    ['no res_pjsip', 404, "objectType 'auth' not found", 'unauthorized', /res_pjsip/],
    ['an unknown codec', 400, "Creation of object '1001' failed field value validation", 'refused', /400/],
    ['out of memory', 500, 'Allocation failed', 'unreachable', /500/],
    ['not booted yet', 503, 'Asterisk not booted', 'unreachable', /503/],
  ])('%s', async (_, status, message, code, words) => {
    const { ari, asterisk } = await open()
    ari.rejectsWith = { status, message }
    const err = await errorOf(asterisk.provision(order))
    expect(err).toMatchObject({ code, message: expect.stringMatching(words) })
  })

  test('a wrong password of ARI', async () => {
    const { asterisk } = await open({ password: 'wrong' })
    await expect(asterisk.provision(order)).rejects.toMatchObject({ code: 'unauthorized' })
    await expect(asterisk.remove('1001', order)).rejects.toMatchObject({ code: 'unauthorized' })
  })

  test('an unreachable Asterisk', async () => {
    const { ari, asterisk } = await open()
    await ari.stop()
    await expect(asterisk.provision(order)).rejects.toMatchObject({ code: 'unreachable' })
  })

  test('success that Asterisk reports but does not show is unconfirmed', async () => {
    const { ari, asterisk } = await open()
    ari.faults.push({ on: 'PUT endpoint', kind: 'lie' })
    await expect(asterisk.provision(order)).rejects.toMatchObject({ code: 'unconfirmed' })
    await asterisk.provision(order)
    ari.faults.push({ on: 'DELETE auth', kind: 'lie' })
    await expect(asterisk.remove('1001', order)).rejects.toMatchObject({ code: 'unconfirmed' })
  })

  test('no error holds a password, though answers repeat it', async () => {
    const { ari, asterisk } = await open()
    ari.rejectsWith = { status: 400, message: `bad: ${ARI.password} and ${order.secret}` }
    const told = inspect(await errorOf(asterisk.provision(order)), { depth: 10 })
    expect(told).toContain('bad: ')
    expect(told).not.toContain(ARI.password)
    expect(told).not.toContain(order.secret)
  })
})

describe('with any faults', () => {
  const OPERATIONS = ['GET', 'PUT', 'DELETE'].flatMap((method) =>
    ['auth', 'aor', 'endpoint'].map((type) => `${method} ${type}`),
  )

  /** Retries until it succeeds, as the core does. */
  async function untilDone<T>(deed: () => Promise<T>): Promise<T> {
    for (let tries = 0; tries < 12; tries += 1) {
      try {
        return await deed()
      } catch (err) {
        expect(err).toBeInstanceOf(ProvisioningError)
        expect(['unreachable', 'unauthorized', 'unconfirmed']).toContain((err as ProvisioningError).code)
      }
    }
    throw new Error('it never came about')
  }

  test('retries create one extension, never without a password, and remove it completely', async () => {
    await fc.assert(
      fc.asyncProperty(faultsOn(OPERATIONS), faultsOn(OPERATIONS), async (first, second) => {
        const { ari, asterisk, end } = await open({ timeouts: { ...shortTimeouts, requestMs: 60 } })
        ari.faults.push(...first)
        expect(await untilDone(() => asterisk.provision(order))).toEqual(provided)
        expect([...ari.objects.keys()].sort()).toEqual([
          ...['aor/1001', 'aor/1001-web', 'auth/1001', 'auth/1001-web'],
          ...['endpoint/1001', 'endpoint/1001-web'],
        ])
        ari.faults.splice(0, Number.POSITIVE_INFINITY, ...second)
        await untilDone(() => asterisk.remove('1001', order))
        expect(ari.objects.size).toBe(0)
        expect(ari.open).toEqual([])
        await end()
      }),
      { numRuns: 25 },
    )
  })
})
