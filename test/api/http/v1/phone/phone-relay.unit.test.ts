import { describe, expect, test } from 'vitest'
import { PBX_INVITE, sipRequest, sipResponse } from '../../../../support/sip-messages.ts'
import { type PhoneWorld, withPhoneFixture } from './phone-fixture.ts'

const register = (user: string, more = {}) =>
  sipRequest({ from: `<sip:${user}@pbx>;tag=1`, to: `<sip:${user}@pbx>`, ...more })

describe('relaying', () => {
  test('passes messages of both sides unchanged, as text or binary', () =>
    withPhoneFixture(async (world) => {
      const client = await world.enter(world.users.user3)
      const phone = world.pbx.phones[0]
      const [asked, answered] = [register('1003-web'), sipResponse()]
      phone?.ws.send(PBX_INVITE)
      expect(await client.next('INVITE')).toBe(PBX_INVITE)
      client.ws.send(asked)
      client.ws.send(Buffer.from(answered), { binary: true })
      expect(await phone?.next('REGISTER')).toBe(asked)
      expect(await phone?.next('200 OK')).toBe(answered)
      phone?.ws.send('no SIP at all')
      expect(await client.next('no SIP')).toBe('no SIP at all')
    }))

  test('closes for an answer to a call that the PBX has not placed there', () =>
    withPhoneFixture(async (world) => {
      const client = await world.enter(world.users.user3)
      world.pbx.phones[0]?.ws.send(PBX_INVITE)
      await client.next('INVITE')
      client.ws.send(sipResponse().replace('3e2d1c', 'other'))
      expect(await client.closed).toBe(1008)
      expect(world.pbx.phones[0]?.frames).toEqual([])
    }))

  test('answers a refused request itself, and the PBX gets nothing', () =>
    withPhoneFixture(async (world) => {
      const client = await world.enter(world.users.user3)
      client.ws.send(register('1002-web'))
      expect(await client.next('403')).toMatch(
        /^SIP\/2\.0 403 From must be 1003-web\r\nVia: SIP\/2\.0\/WS 9f8e7d\.invalid;branch=z9hG4bK4471\r\n/,
      )
      client.ws.send(sipRequest({ method: 'INVITE', to: '<sip:1001@pbx>' }))
      expect(await client.next('calls are placed by the API')).toMatch(
        /\r\nTo: <sip:1001@pbx>;tag=relay-\w+\r\n/,
      )
      client.ws.send(register('1003-web'))
      const phone = world.pbx.phones[0]
      await phone?.next('REGISTER')
      expect(phone?.frames).toHaveLength(1)
      const refusals = world.lines.filter((line) => line.includes('phone_request_refused'))
      expect(refusals).toHaveLength(1)
    }))

  test('answers CR LF CR LF with CR LF, and the PBX sees neither', () =>
    withPhoneFixture(async (world) => {
      const client = await world.enter(world.users.user3)
      client.ws.send('\r\n\r\n')
      await expect.poll(() => client.frames).toEqual(['\r\n'])
      client.ws.send('\r\n')
      client.ws.send(register('1003-web'))
      await world.pbx.phones[0]?.next('REGISTER')
      expect(world.pbx.phones[0]?.frames).toHaveLength(1)
    }))

  test.each([
    ['nonsense', 'hello', 1008],
    ['an empty frame', '', 1008],
    ['a redirection', sipResponse('SIP/2.0 302 Moved'), 1008],
    ['a frame of more than 64 kB', register('1003-web', { body: 'x'.repeat(66_000) }), 1009],
  ])('closes for %s', (_, text, code) =>
    withPhoneFixture(async (world) => {
      const client = await world.enter(world.users.user3)
      client.ws.send(text)
      expect(await client.closed).toBe(code)
      expect(await world.pbx.phones[0]?.closed).toBe(1001)
      expect(world.pbx.phones[0]?.frames).toEqual([])
    }),
  )

  test.each([
    ['messages', (world: Awaited<ReturnType<PhoneWorld['enter']>>) => world.ws.send(register('1003-web'))],
    ['keep-alives', (world: Awaited<ReturnType<PhoneWorld['enter']>>) => world.ws.send('\r\n')],
  ])('closes for a flood of %s with 1008; 50 a second pass', (_, send) =>
    withPhoneFixture(async (world) => {
      const client = await world.enter(world.users.user3)
      for (let n = 0; n < 99; n += 1) send(client)
      client.ws.send('\r\n\r\n')
      await client.next('\r\n')
      world.wait(1_000)
      for (let n = 0; n < 40; n += 1) send(client)
      client.ws.send(register('1003-web', { callId: 'last' }))
      await world.pbx.phones[0]?.next('last')
      for (let n = 0; n < 400; n += 1) send(client)
      expect(await client.closed).toBe(1008)
      expect(world.pbx.phones[0]?.frames.length).toBeLessThanOrEqual(300)
    }),
  )

  test('closes for a flood of pings', () =>
    withPhoneFixture(async (world) => {
      const client = await world.enter(world.users.user3)
      for (let n = 0; n < 1_000; n += 1) client.ws.ping()
      // `ws` itself drops a client that does not wait for its pongs.
      expect([1006, 1008]).toContain(await client.closed)
      expect(await world.pbx.phones[0]?.closed).toBe(1001)
    }))

  test('a browser that does not read is dropped', () =>
    withPhoneFixture(async (world) => {
      const client = await world.enter(world.users.user3)
      client.ws.pause()
      const phone = world.pbx.phones[0]
      const filler = 'x'.repeat(60_000)
      const sending = setInterval(() => phone?.ws.readyState === phone?.ws.OPEN && phone?.ws.send(filler), 1)
      expect(await phone?.closed).toBe(1001)
      clearInterval(sending)
      await expect.poll(world.phone.size).toBe(0)
    }))
})
