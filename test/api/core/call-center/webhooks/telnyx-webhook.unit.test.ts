import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createTelnyxWebhook } from '../../../../../api/core/call-center/webhooks/telnyx-webhook.ts'
import type { WebhookEvent } from '../../../../../api/core/call-center/webhooks/webhook-event-store.ts'
import { createDialPolicy } from '../../../../../api/core/dial-policy/create-dial-policy.ts'
import { PolicyFile } from '../../../../../api/core/dial-policy/policy-file.ts'

const NOW = 1_769_860_800
const pair = () => generateKeyPairSync('ed25519')
const { publicKey, privateKey } = pair()
/** As Telnyx's portal shows the key: the last 32 bytes of its DER form. */
const portalKey = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64')

const event = (payload: object = {}, data: object = {}) =>
  JSON.stringify({
    data: {
      record_type: 'event',
      id: 'bf6307bd-884d-4c1f-b6ea-c62b8c495d3c',
      event_type: 'message.received',
      occurred_at: '2026-01-31T12:00:00.000+00:00',
      payload: { from: { phone_number: '+49 30 12345678' }, text: 'STOP', ...payload },
      ...data,
    },
  })

function signed(text = event(), { at = NOW, key = privateKey } = {}) {
  const body = Buffer.from(text)
  const timestamp = String(at)
  const signature = sign(null, Buffer.concat([Buffer.from(`${timestamp}|`), body]), key).toString('base64')
  return { signature, timestamp, body }
}

const policy = createDialPolicy(PolicyFile.parse({ country: 'DE' }))

function createFixture(key: string | null = portalKey) {
  const stored: { event: WebhookEvent; optOut: unknown }[] = []
  const telnyx = createTelnyxWebhook({
    publicKey: key ?? undefined,
    toleranceSeconds: 300,
    now: () => NOW * 1000,
    policy: () => policy,
    events: {
      async save(event, optOut) {
        if (stored.some((one) => one.event.id === event.id)) return false
        stored.push({ event, optOut })
        return true
      },
    },
  })
  return { telnyx, stored }
}

test('an event that Telnyx signed is stored as received, once', async () => {
  const { telnyx, stored } = createFixture()
  expect(await telnyx.receive(signed())).toBe(true)
  expect(await telnyx.receive(signed())).toBe(false)
  expect(stored.map((one) => one.event)).toEqual([
    {
      id: 'bf6307bd-884d-4c1f-b6ea-c62b8c495d3c',
      source: 'telnyx',
      type: 'message.received',
      occurredAt: NOW,
      receivedAt: NOW,
      body: event(),
    },
  ])
})

test('an event with the time null is stored without a time', async () => {
  const { telnyx, stored } = createFixture()
  expect(await telnyx.receive(signed(event({}, { occurred_at: null })))).toBe(true)
  expect(stored).toMatchObject([{ event: { occurredAt: null } }])
})

describe('an event with a wrong or old signature is refused and not stored', () => {
  const good = signed()
  const changed = Buffer.from(good.body)
  changed[changed.length - 2] = (changed.at(-2) ?? 0) ^ 1
  const other = Buffer.from(good.signature, 'base64')
  other[5] = (other[5] ?? 0) ^ 1

  test.each([
    ['another key’s signature', signed(event(), { key: pair().privateKey })],
    ['one changed byte of the body', { ...good, body: changed }],
    ['an additional byte', { ...good, body: Buffer.concat([good.body, Buffer.from(' ')]) }],
    ['one changed byte of the signature', { ...good, signature: other.toString('base64') }],
    ['signed 301 seconds ago', signed(event(), { at: NOW - 301 })],
    ['signed 301 seconds from now', signed(event(), { at: NOW + 301 })],
    ['a signature of another timestamp', { ...good, timestamp: String(NOW - 1) }],
    ['no signature', { ...good, signature: undefined }],
    ['no timestamp', { ...good, timestamp: undefined }],
    ['an empty signature', { ...good, signature: '' }],
    ['a timestamp with a fraction', { ...good, timestamp: `${NOW}.0` }],
    ['a timestamp with a sign', { ...good, timestamp: `+${NOW}` }],
    ['invalid base64', { ...good, signature: `!${good.signature.slice(1)}` }],
    ['base64 of 63 bytes', { ...good, signature: Buffer.alloc(63).toString('base64') }],
    ['base64 of 65 bytes', { ...good, signature: Buffer.alloc(65).toString('base64') }],
    ['base64url', { ...good, signature: Buffer.from(good.signature, 'base64').toString('base64url') }],
    ['a body that is neither JSON nor signed', { ...good, body: Buffer.from('{') }],
  ])('%s', async (_, request) => {
    const { telnyx, stored } = createFixture()
    await expect(telnyx.receive(request)).rejects.toMatchObject({ code: 'credentials_wrong' })
    expect(stored).toEqual([])
  })

  test.each([NOW - 300, NOW + 300])('except at the edge of the tolerance, %d', async (at) => {
    expect(await createFixture().telnyx.receive(signed(event(), { at }))).toBe(true)
  })

  test('without a configured key, with an error that names the setting', async () => {
    await expect(createFixture(null).telnyx.receive(good)).rejects.toMatchObject({
      code: 'not_supported',
      detail: expect.stringContaining('HOOKSWITCH_TELNYX_PUBLIC_KEY'),
    })
  })
})

describe('a signed request that is not a Telnyx event is refused', () => {
  test.each([
    ['no JSON', '{'],
    ['no id', event({}, { id: undefined })],
    ['an id with a NUL character', event({}, { id: 'a\u0000b' })],
    ['an id of 65 characters', event({}, { id: 'a'.repeat(65) })],
    ['a type with a space', event({}, { event_type: 'message received' })],
    ['no payload', event({}, { payload: undefined })],
    ['a list', '[]'],
  ])('%s', async (_, text) => {
    const { telnyx, stored } = createFixture()
    await expect(telnyx.receive(signed(text))).rejects.toMatchObject({ code: 'input_invalid' })
    expect(stored).toEqual([])
  })

  test('bytes that are not UTF-8', async () => {
    const body = Buffer.from([0x22, 0xff, 0x22])
    const signature = sign(null, Buffer.concat([Buffer.from(`${NOW}|`), body]), privateKey).toString('base64')
    await expect(
      createFixture().telnyx.receive({ signature, timestamp: String(NOW), body }),
    ).rejects.toMatchObject({
      code: 'input_invalid',
    })
  })
})

describe('opting out by message', () => {
  const optOutOf = async (payload: object, data: object = {}) => {
    const { telnyx, stored } = createFixture()
    await telnyx.receive(signed(event(payload, data)))
    return stored[0]?.optOut
  }

  test.each(['STOP', 'stop', ' Stop\n', 'STOPALL', 'unsubscribe', 'Cancel', 'END', 'quit'])(
    'with %j adds the sender to the do-not-call list, in all spellings',
    async (text) => {
      expect(await optOutOf({ text })).toEqual({
        variants: policy.variants('+493012345678'),
        reason: `opted out by message: ${text.trim().toUpperCase()}`,
      })
    },
  )

  test.each([
    ['STOP calling me at work', {}],
    ['don’t stop', {}],
    ['', {}],
  ])('does not happen with %j', async (text) => {
    expect(await optOutOf({ text })).toBeUndefined()
  })

  test.each<[string, object, object]>([
    ['a message that was sent by us', {}, { event_type: 'message.sent' }],
    ['a message from an emergency number', { from: { phone_number: '112' } }, {}],
    ['a message from an extension', { from: { phone_number: '1002' } }, {}],
    ['a message from an alphanumeric sender', { from: { phone_number: 'ACME' } }, {}],
    ['a message without a text', { text: undefined }, {}],
    ['a message without a sender', { from: undefined }, {}],
  ])('does not happen with %s', async (_, payload, data) => {
    expect(await optOutOf(payload, data)).toBeUndefined()
  })
})
