import { randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { type AmiClient, createAmiClient } from '../../../api/asterisk/ami-client.ts'
import { createAmiSocketFactory } from '../../../api/asterisk/ami-socket.ts'
import { startTimer } from '../../../api/asterisk/timer.ts'
import type { ExtensionSpec, Provisioner } from '../../../api/core/provisioning/provisioner.ts'
import { createAsteriskProvisioner } from '../../../api/provisioning/asterisk.ts'
import { createWizardProvisioner } from '../../../api/provisioning/asterisk-wizard.ts'
import { type AsteriskServer, startAsterisk, whyAsteriskUnavailable } from '../../support/asterisk.ts'
import { type Phone, startPhone } from '../../support/phone.ts'

const missing = await whyAsteriskUnavailable()
const title = missing === undefined ? 'extensions made on a real Asterisk' : `(skipped: ${missing})`

describe.skipIf(missing !== undefined)(title, () => {
  let asterisk: AsteriskServer
  let ami: AmiClient
  let byAri: ReturnType<typeof createAsteriskProvisioner>
  let byWizard: Provisioner
  const phones: Phone[] = []

  beforeAll(async () => {
    asterisk = await startAsterisk({ withConfigUser: true })
    ami = await linked()
    const { port, username, secret } = asterisk.ari
    byAri = createAsteriskProvisioner({
      baseUrl: `http://127.0.0.1:${port}`,
      username,
      password: secret,
      phones: {
        context: 'internal',
        codecs: ['ulaw', 'alaw'],
        mediaAddress: '127.0.0.1',
        web: { template: '{extension}-web', context: 'hookswitch-web', mediaAddress: '127.0.0.1' },
      },
    })
    byWizard = createWizardProvisioner({ ami, template: 'hookswitch' })
  })
  afterEach(async () => {
    await Promise.all(phones.splice(0).map((phone) => phone.stop()))
  })
  afterAll(async () => {
    await Promise.all([ami?.close(), byAri?.close()])
    await asterisk?.stop()
  })

  async function linked(): Promise<AmiClient> {
    const transport = createAmiClient({
      connect: createAmiSocketFactory({ host: '127.0.0.1', port: asterisk.amiPort }),
      login: { ...asterisk.users.config, events: 'off', waitForBoot: false },
      instance: 'test',
      nonce: () => randomBytes(8).toString('hex'),
      random: () => 0.1,
      startTimer,
      onError: () => {},
    })
    transport.open()
    await until(() => expect(transport.state().phase).toBe('up'))
    return transport
  }
  const until = (check: () => unknown) => vi.waitFor(check, { timeout: 15_000, interval: 20 })
  /** A phone with the returned credentials. */
  async function phoneOf({ extension, secret }: { extension: string; secret: string }): Promise<Phone> {
    const phone = await startPhone({ ...asterisk, secretOf: () => secret }, extension, { answer: 'auto' })
    phones.push(phone)
    return phone
  }
  describe.each([
    ['through ARI', () => byAri, '1004', '1005', '1006', '1010'],
    ['in pjsip_wizard.conf', () => byWizard, '1007', '1008', '1009', '1011'],
  ])('%s', (_, extensions, one, two, three, four) => {
    const orderOf = (extension: string, more: Partial<ExtensionSpec> = {}): ExtensionSpec => ({
      extension,
      secret: randomBytes(12).toString('hex'),
      displayName: 'Иван "; <Petrov>',
      email: 'ivan@example.com',
      ownershipTag: `m-${extension}`,
      ...more,
    })

    test('a phone registers with the returned credentials, calls, and is called', async () => {
      const phone = await phoneOf(await extensions().provision(orderOf(one)))
      const other = await phoneOf(await extensions().provision(orderOf(two)))
      await phone.dial('600')
      await until(() => expect(phone.state()).toBe('up'))
      await phone.hangup()
      await until(() => expect(phone.state()).toBe('idle'))
      await other.dial(one)
      await until(() => expect([phone.state(), other.state()]).toEqual(['up', 'up']))
    })

    test('a new secret for the same mark is valid at once, and the old one is not any more', async () => {
      const order = orderOf(two)
      const before = await extensions().provision(order)
      expect(await extensions().provision(order)).toEqual(before)
      const again = await extensions().provision(orderOf(two))
      await expect(phoneOf(before)).rejects.toThrow('did not register')
      expect((await phoneOf(again)).registered).toBe(true)
    })

    test('an extension of another registration is refused, and unchanged', async () => {
      const theirs = await extensions().provision(orderOf(two))
      const other = orderOf(two, { ownershipTag: 'another' })
      await expect(extensions().provision(other)).rejects.toMatchObject({ code: 'taken' })
      expect((await phoneOf(theirs)).registered).toBe(true)
    })

    test('an extension of the administrator is neither overwritten nor removed', async () => {
      await expect(extensions().provision(orderOf('1001'))).rejects.toMatchObject({ code: 'taken' })
      await extensions()
        .remove('1001', orderOf('1001'))
        .catch(() => {})
      expect((await phoneOf({ extension: '1001', secret: asterisk.phoneSecret })).registered).toBe(true)
    })

    test('an extension survives a restart, with its mark', async () => {
      const order = orderOf(one)
      await extensions().provision(order)
      await asterisk.restart()
      await until(() => expect(ami.state().phase).toBe('up'))
      expect((await phoneOf(order)).registered).toBe(true)
      await expect(extensions().provision({ ...order, ownershipTag: 'another' })).rejects.toMatchObject({
        code: 'taken',
      })
      expect(await extensions().provision(order)).toMatchObject({ extension: one })
    })

    test('an extension cannot be registered once it is removed, also when it is removed twice', async () => {
      const made = await extensions().provision(orderOf(three))
      await (await phoneOf(made)).stop()
      await extensions().remove(three, orderOf(three))
      await extensions().remove(three, orderOf(three))
      await expect(phoneOf(made)).rejects.toThrow('did not register')
      await extensions().provision(orderOf(three, { ownershipTag: 'next' }))
    })

    test('an extension never rings a phone of the user who had the number before', async () => {
      const phone = await phoneOf(await extensions().provision(orderOf(four)))
      const caller = await phoneOf({ extension: '1001', secret: asterisk.phoneSecret })
      await caller.dial(four)
      await until(() => expect(phone.state()).toBe('up'))
      await caller.hangup()
      await until(() => expect([phone.state(), caller.state()]).toEqual(['idle', 'idle']))

      await extensions().remove(four, orderOf(four))
      await extensions()
        .provision(orderOf(four, { ownershipTag: 'next' }))
        .catch((err) => expect(err).toMatchObject({ code: 'taken' }))
      await caller.dial(four)
      await until(() => {
        expect(caller.state()).toBe('idle')
        expect(caller.lastHangupReason()).toMatch(/^\d{3} /)
      })
      expect(phone.state()).toBe('idle')
    })
  })
})
