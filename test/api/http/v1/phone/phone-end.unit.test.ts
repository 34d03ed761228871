import { describe, expect, test } from 'vitest'
import { PBX_INVITE, sipRequest } from '../../../../support/sip-messages.ts'
import { tokenOf } from '../../voip/sample-data.ts'
import { withPhoneFixture } from './phone-fixture.ts'

const nowS = () => Math.floor(Date.now() / 1000)

describe('the end', () => {
  test('of the session closes with 4401, and the PBX’s side at once; others go on', () =>
    withPhoneFixture(async (world) => {
      const { user2, user3 } = world.users
      const [own, other] = [await world.enter(user3), await world.enter(user2)]
      world.revocations.add({ kind: 'sid', key: `session-${user3.id}`, generation: 0, until: 9e9 })
      expect(await own.closed).toBe(4401)
      expect(await world.pbx.phones[0]?.closed).toBe(1001)
      world.pbx.phones[1]?.ws.send(PBX_INVITE)
      await other.next('INVITE')
    }))

  test('of the token closes with 4401 after five seconds, unless the streams of its session were renewed', () =>
    withPhoneFixture(async (world) => {
      const { user2, user3 } = world.users
      const exp = nowS() + 10
      const lasting = await world.enter(user3, tokenOf(user3, { claims: { exp } }))
      const dying = await world.enter(user2, tokenOf(user2, { claims: { exp } }))
      world.renewals.notify({ sessionId: `session-${user3.id}`, until: exp + 3_000 })
      world.wait(12_000)
      world.pbx.phones[1]?.ws.send(PBX_INVITE)
      await dying.next('INVITE')
      world.wait(5_000)
      expect(await dying.closed).toBe(4401)
      world.pbx.phones[0]?.ws.send(PBX_INVITE)
      await lasting.next('INVITE')
      world.wait(3_000_000)
      expect(await lasting.closed).toBe(4401)
    }))

  test('a renewal goes no further than the session', () =>
    withPhoneFixture(async (world) => {
      const { user3 } = world.users
      const sxp = nowS() + 20
      const client = await world.enter(user3, tokenOf(user3, { claims: { exp: nowS() + 10, sxp } }))
      world.renewals.notify({ sessionId: `session-${user3.id}`, until: sxp + 3_000 })
      world.wait(21_000)
      expect(await client.closed).toBe(4401)
    }))

  test('without fresh revocations it closes with 1013', () =>
    withPhoneFixture(async (world) => {
      const client = await world.enter(world.users.user3)
      world.revocations.markStale()
      expect(await client.closed).toBe(1013)
    }))

  test('of either side ends the other: 1012 for the browser', () =>
    withPhoneFixture(async (world) => {
      const [leaving, staying] = [await world.enter(world.users.user3), await world.enter(world.users.user3)]
      leaving.ws.send(sipRequest())
      leaving.ws.close()
      const phone = world.pbx.phones[0]
      expect(await phone?.closed).toBe(1001)
      expect(phone?.frames).toHaveLength(1)
      world.pbx.phones[1]?.ws.terminate()
      expect(await staying.closed).toBe(1012)
    }))

  test('of the API closes with 1012', () =>
    withPhoneFixture(async (world) => {
      const client = await world.enter(world.users.user3)
      world.phone.close()
      expect(await client.closed).toBe(1012)
      expect(await world.pbx.phones[0]?.closed).toBe(1001)
    }))

  test('a browser that answers neither ping is dropped; one that answers either stays', () =>
    withPhoneFixture(async (world) => {
      const { user2, user3 } = world.users
      const silent = await world.enter(user3, tokenOf(user3), { autoPong: false })
      const script = await world.enter(user2, tokenOf(user2), { autoPong: false })
      script.ws.on('message', (data) => String(data) === '\r\n\r\n' && script.ws.send('\r\n'))
      for (let round = 1; round <= 3; round += 1) {
        world.wait(15_000)
        await expect.poll(() => script.frames.length).toBe(round)
        // Its answer counts before the next round.
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      expect(await silent.closed).toBe(1006)
      expect(silent.frames).toEqual(['\r\n\r\n', '\r\n\r\n'])
      expect(script.ws.readyState).toBe(script.ws.OPEN)
    }))

  test('three phones of a session, ten of a user: the oldest is closed with 4429', () =>
    withPhoneFixture(async (world) => {
      const { user2, user3 } = world.users
      const bystander = await world.enter(user2)
      const enter = (sid: string) => world.enter(user3, tokenOf(user3, { claims: { sid } }))
      const first = []
      for (let n = 0; n < 4; n += 1) first.push(await enter('a'))
      expect(await first[0]?.closed).toBe(4429)
      for (let n = 0; n < 8; n += 1) await enter(`b${n}`)
      expect(await first[1]?.closed).toBe(4429)
      await expect.poll(world.phone.size).toBe(11)
      expect(bystander.ws.readyState).toBe(bystander.ws.OPEN)
    }))

  test('a user who connects without end gets 429 before the PBX is asked; others do not', () =>
    withPhoneFixture(async (world) => {
      const { user2, user3 } = world.users
      for (let n = 0; n < 20; n += 1) (await world.enter(user3)).ws.terminate()
      const asked = world.pbx.handshakes.length
      const again = () =>
        world.refused('/api/v1/phone/socket', { headers: { Authorization: `Bearer ${tokenOf(user3)}` } })
      expect(await again()).toMatchObject({ status: 429 })
      expect(world.pbx.handshakes).toHaveLength(asked)
      await world.enter(user2)
      world.wait(1_000)
      await world.enter(user3)
      expect(await again()).toMatchObject({ status: 429 })
    }))

  test('a session that ends while the PBX is asked gets no phone', () =>
    withPhoneFixture(async (world) => {
      const { user3 } = world.users
      const entering = world.enter(user3)
      await expect.poll(() => world.pbx.handshakes.length).toBe(1)
      world.revocations.add({ kind: 'sid', key: `session-${user3.id}`, generation: 0, until: 9e9 })
      const client = await entering
      expect(await client.closed).toBe(4401)
    }))
})
