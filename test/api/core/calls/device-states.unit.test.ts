import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createDeviceStates } from '../../../../api/core/calls/device-states.ts'
import type { DeviceState, DeviceUpdate } from '../../../../api/core/calls/pbx-events.ts'

const event = (device: string, at: number, state: DeviceState): DeviceUpdate => ({
  kind: 'device',
  device,
  at,
  state,
})

test('a device has its newest state, and listeners are called only for a change', () => {
  const book = createDeviceStates(() => {})
  const notified: string[] = []
  const off = book.onChange((device, state, before) => notified.push(`${device} ${before} ${state}`))
  book.handle(event('PJSIP/101', 2, 'ringing'))
  book.handle(event('PJSIP/101', 1, 'idle'))
  book.handle(event('PJSIP/101', 3, 'ringing'))
  book.handle(event('PJSIP/101', 4, 'in_use'))
  expect(book.stateOf('PJSIP/101')).toBe('in_use')
  expect(book.stateOf('PJSIP/102')).toBeUndefined()
  expect(notified).toEqual(['PJSIP/101 undefined ringing', 'PJSIP/101 ringing in_use'])
  off()
  book.handle(event('PJSIP/101', 5, 'idle'))
  expect(notified).toHaveLength(2)
})

test('the same events give the same states in any order', () => {
  const events = fc.array(
    fc.record({
      device: fc.constantFrom('PJSIP/101', 'PJSIP/102'),
      at: fc.nat(3),
      state: fc.constantFrom<DeviceState>('idle', 'in_use', 'ringing', 'unavailable'),
    }),
  )
  const states = (all: readonly Omit<DeviceUpdate, 'kind'>[]) => {
    const book = createDeviceStates(() => {})
    for (const { device, at, state } of all) book.handle(event(device, at, state))
    return Object.fromEntries(book.all())
  }
  fc.assert(
    fc.property(
      events.chain((all) =>
        fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }), fc.subarray(all)),
      ),
      ([all, shuffled, again]) => {
        expect(states([...shuffled, ...again])).toStrictEqual(states(all))
      },
    ),
  )
})

test('the number of devices is limited', () => {
  const book = createDeviceStates(() => {})
  for (let n = 0; n < 20_010; n++) book.handle(event(`Custom:${n}`, n, 'idle'))
  expect(book.all().size).toBe(20_000)
  expect(book.stateOf('Custom:20009')).toBe('idle')
})
