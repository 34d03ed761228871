import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ProvisioningError } from '../../../api/core/provisioning/provisioner.ts'
import { createWizardProvisioner } from '../../../api/provisioning/asterisk-wizard.ts'
import { fakeConfigAmi } from './fake-config-ami.ts'
import { extensionSpec as anyOrder } from './fixtures.ts'

const order = { ...anyOrder, secret: 'Vq7ProposedSecret42' }
const provided = { extension: '1001', authUsername: '1001', secret: order.secret }
const MARKED = 'endpoint/@hookswitch_mark'

function open() {
  const { ami, state } = fakeConfigAmi()
  return { state, extensions: createWizardProvisioner({ ami, template: 'hookswitch' }) }
}

describe('provisioning', () => {
  test('writes a section based on the template and reloads', async () => {
    const { state, extensions } = open()
    expect(await extensions.provision(order)).toEqual(provided)
    expect(Object.fromEntries(state.loaded.get('1001') ?? [])).toEqual({
      hint_exten: '1001',
      'inbound_auth/username': '1001',
      'inbound_auth/password': order.secret,
      'endpoint/callerid': '"Alice Smith" <1001>',
      [MARKED]: order.ownershipTag,
    })
  })

  test('a new secret replaces the section', async () => {
    const { state, extensions } = open()
    await extensions.provision(order)
    await extensions.provision({ ...order, secret: 'AnotherSecret4242' })
    expect(state.loaded.get('1001')?.get('inbound_auth/password')).toBe('AnotherSecret4242')
    expect(state.wizard.size).toBe(1)
  })

  test('concurrent operations run one after another', async () => {
    const { state, extensions } = open()
    const numbers = ['1001', '1002', '1003', '1004']
    await Promise.all(numbers.map((extension) => extensions.provision({ ...order, extension })))
    expect([...state.loaded.keys()]).toEqual(numbers)
    expect(state.actions.join(' ')).not.toMatch(/UpdateConfig UpdateConfig/)
  })

  test('a display name cannot leave its line', async () => {
    const { state, extensions } = open()
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 60 }), async (displayName) => {
        await extensions.provision({ ...order, displayName })
        expect(state.loaded.get('1001')?.get('endpoint/callerid')).toMatch(
          /^"[^"\\;<>[\]\p{Cc}\p{Zl}\p{Zp}]+" <1001>$/u,
        )
      }),
      { examples: [['"]\r\n[general]\r\nx=y;\\']] },
    )
  })

  test.each([
    ['an extension that ends its section', { extension: '1001]' }],
    ['a secret with a comment', { secret: 'Vq7Proposed;Secret' }],
    ['an ownership tag with an equals sign', { ownershipTag: 'a=b' }],
  ])('%s never reaches Asterisk', async (_, overrides) => {
    const { state, extensions } = open()
    await expect(extensions.provision({ ...order, ...overrides })).rejects.toMatchObject({ code: 'refused' })
    expect(state.actions).toEqual([])
  })

  test('an invalid template name throws at the start', () => {
    const { ami } = fakeConfigAmi()
    expect(() => createWizardProvisioner({ ami, template: 'a,inherit=b' })).toThrow('template')
  })
})

describe('an extension that is not ours', () => {
  test.each([
    ['another ownership tag', new Map([[MARKED, 'another']])],
    ['no ownership tag', new Map([['type', 'wizard']])],
  ])('a section with %s is neither changed nor removed', async (_, section) => {
    const { state, extensions } = open()
    state.wizard.set('1001', section)
    await expect(extensions.provision(order)).rejects.toMatchObject({ code: 'taken' })
    await expect(extensions.remove('1001', order)).rejects.toMatchObject({ code: 'taken' })
    expect([...state.wizard]).toEqual([['1001', section]])
  })

  test('an extension of pjsip.conf is taken', async () => {
    const { state, extensions } = open()
    state.pjsip.set('1001', new Map())
    await expect(extensions.provision(order)).rejects.toMatchObject({ code: 'taken' })
  })

  test('a number is taken while a phone is registered for it; a longer number with the same digits is not', async () => {
    const { state, extensions } = open()
    state.contacts.push('1001;@1c802507dff12d11bc90a1f0aa6b43f4')
    await expect(extensions.provision(order)).rejects.toMatchObject({ code: 'taken' })
    await extensions.provision({ ...order, extension: '10010' })
    expect([...state.loaded.keys()]).toEqual(['10010'])
  })
})

describe('an error of Asterisk', () => {
  test.each([
    ['Permission denied', 'unauthorized'],
    ['Config file not found', 'unauthorized'],
    ['Template category not found', 'unauthorized'],
    ['Save of config failed', 'unauthorized'],
    ['Create category did not complete successfully', 'unreachable'],
    ['Something new', 'refused'],
  ])('%s', async (message, code) => {
    const { state, extensions } = open()
    state.rejectsWith = message
    const err = await extensions.provision(order).catch((thrown: unknown) => thrown)
    expect(err).toMatchObject({ code })
    expect(inspect(err, { depth: 10 })).not.toContain(order.secret)
  })
})

describe('with lost requests and answers', () => {
  const faults = fc.array(
    fc.record({
      on: fc.constantFrom('GetConfig', 'UpdateConfig', 'Reload'),
      kind: fc.constantFrom('lost before' as const, 'lost after' as const),
    }),
    { maxLength: 6 },
  )

  /** Retries until it succeeds, as the core does. */
  async function untilDone(deed: () => Promise<unknown>): Promise<void> {
    for (let tries = 0; tries < 12; tries += 1) {
      try {
        await deed()
        return
      } catch (err) {
        expect(err).toBeInstanceOf(ProvisioningError)
        expect(err).toMatchObject({ code: 'unreachable' })
      }
    }
    throw new Error('it never came about')
  }

  test('retries load a written section once and remove a deleted one', async () => {
    await fc.assert(
      fc.asyncProperty(faults, faults, async (first, second) => {
        const { state, extensions } = open()
        state.faults.push(...first)
        await untilDone(() => extensions.provision(order))
        expect(state.loaded.get('1001')?.get('inbound_auth/password')).toBe(order.secret)
        state.faults.splice(0, Number.POSITIVE_INFINITY, ...second)
        await untilDone(() => extensions.remove('1001', order))
        expect([state.wizard.size, state.loaded.size]).toEqual([0, 0])
      }),
    )
  })
})
