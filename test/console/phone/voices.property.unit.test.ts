import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { CallCard } from '../../../console/phone/phone-types.ts'
import { createFakeCall, createFakePhone, type FakeCall } from './fake-line.ts'

beforeEach(
  () => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] }),
)
afterEach(() => void vi.useRealTimers())

const verb = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('dial', 'own invite', 'invite', 'foreign invite') },
  { weight: 8, arbitrary: fc.constantFrom('answer', 'answer', 'answer', 'hold', 'unhold', 'swap') },
  {
    weight: 3,
    arbitrary: fc.constantFrom('mute', 'unmute', 'far end holds', 'far end continues', 'reregister'),
  },
  { weight: 1, arbitrary: fc.constantFrom('decline', 'hangup', 'far end hangs up') },
)
const step = fc.record({ verb, which: fc.nat(3), settle: fc.nat(4) })

/** Everything that waits for nothing but promises. */
const flush = async () => {
  for (let n = 0; n < 20; n += 1) await Promise.resolve()
}

test('any order of acts, with answers in any order: one voice at most, own calls alone are answered, all calls end', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(step, { minLength: 1, maxLength: 40 }), async (s, steps) => {
      const calls: FakeCall[] = []
      const asked: string[] = []
      const answeredByPerson = new Set<FakeCall>()
      let ids = 0
      const delayed = (label: string) => s.schedule(Promise.resolve(), label)
      const fake = createFakePhone({
        api: {
          async dial() {
            ids += 1
            const id = `hk_${ids}`
            asked.push(id)
            await delayed('dial')
            return { id }
          },
        },
        prepareMicrophone: async () => void (await delayed('microphone')),
      })
      const { phone } = fake
      await phone.start()
      const invite = (apiCallId?: string) => {
        const call = createFakeCall(apiCallId, delayed, String(1_000 + calls.length))
        calls.push(call)
        fake.invite(call)
      }
      const callOf = ({ apiCallId, peer }: CallCard) =>
        calls.find((one) =>
          apiCallId === undefined ? one.peer.number === peer.number : one.apiCallId === apiCallId,
        )
      const failures: unknown[] = []
      const check = () => {
        const up = calls.filter(({ isOver }) => !isOver)
        expect(up.filter(({ voice }) => voice.receive).length).toBeLessThan(2)
        expect(up.filter(({ voice }) => voice.send).length).toBeLessThan(2)
        const cards = phone.getSnapshot().calls
        const active = cards.filter(({ state }) => state === 'active' || state === 'remote-held')
        expect(active.length).toBeLessThan(2)
        for (const call of calls) {
          if (!call.acts.includes('answer') || answeredByPerson.has(call)) continue
          expect(asked).toContain(call.apiCallId)
        }
      }
      // Its errors would end as rejections of an act.
      phone.subscribe(() => {
        try {
          check()
        } catch (err) {
          failures.push(err)
        }
      })

      for (const { verb, which, settle } of steps) {
        const cards = fake.live()
        const card = cards[which % Math.max(1, cards.length)]
        const call = calls.filter(({ isOver }) => !isOver)[which]
        const on = (act: (id: string) => unknown) => {
          // Acts that do not fit are refused, and change nothing.
          if (card !== undefined)
            void Promise.resolve()
              .then(() => act(card.id))
              .catch(() => {})
        }
        if (verb === 'dial') void phone.dial('99').catch(() => {})
        else if (verb === 'own invite') {
          const missing = asked.find((id) => calls.every(({ apiCallId }) => apiCallId !== id))
          if (missing !== undefined) invite(missing)
        } else if (verb === 'invite') invite()
        else if (verb === 'foreign invite') invite(`foreign_${calls.length}`)
        else if (verb === 'answer') {
          on((id) => {
            const ringing = card && callOf(card)
            if (ringing !== undefined) answeredByPerson.add(ringing)
            return phone.answer(id)
          })
        } else if (verb === 'decline') on(phone.decline)
        else if (verb === 'hangup') on(phone.hangup)
        else if (verb === 'hold') on(phone.hold)
        else if (verb === 'unhold') on(phone.unhold)
        else if (verb === 'swap') void phone.swap().catch(() => {})
        else if (verb === 'mute') on((id) => phone.mute(id, true))
        else if (verb === 'unmute') on((id) => phone.mute(id, false))
        else if (verb === 'far end hangs up') call?.finish()
        else if (verb === 'far end holds') call?.remoteHold(true)
        else if (verb === 'far end continues') call?.remoteHold(false)
        else fake.line().onReregistered()
        await flush()
        for (let n = 0; n < settle && s.count() > 0; n += 1) {
          await s.waitOne()
          await flush()
        }
        check()
        for (const card of fake.live()) {
          if (card.muted) expect(callOf(card)?.voice.send ?? false).toBe(false)
        }
      }

      for (const call of calls) call.finish()
      await s.waitIdle()
      // INVITEs that never came, and cards that stay for a while.
      await vi.advanceTimersByTimeAsync(20_000)
      await s.waitIdle()
      expect(fake.live()).toEqual([])
      await vi.advanceTimersByTimeAsync(40_000)
      expect(phone.getSnapshot().calls).toEqual([])
      check()
      expect(failures).toEqual([])
    }),
    { numRuns: 300 },
  )
})
