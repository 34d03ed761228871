import { describe, expect, it } from 'vitest'
import type { DeviceState } from '../../../../api/core/calls/pbx-events.ts'
import { createPhoneStates } from '../../../../api/core/presence/phone-states.ts'

const phoneStatesWith = (devices: Record<string, DeviceState>) =>
  createPhoneStates({
    technology: 'PJSIP',
    directory: { endpointsOf: (extension) => [`${extension}-desk`, `${extension}-web`] },
    deviceStateOf: (device) => devices[device],
  })

describe('the phones of an extension', () => {
  it('have the state of the devices of their endpoints', () => {
    const phones = phoneStatesWith({ 'PJSIP/1001-web': 'ringing', 'PJSIP/1001': 'idle' })
    expect(phones.stateOf('1001')).toBe('ringing')
    expect(phones.stateOf('1002')).toBeUndefined()
  })

  it.each<[desk: DeviceState | undefined, web: DeviceState | undefined, DeviceState | undefined]>([
    ['idle', 'in_use', 'in_use'],
    ['busy', 'idle', 'busy'],
    ['on_hold', 'idle', 'on_hold'],
    ['idle', 'ringing', 'ringing'],
    ['in_use', 'ringing', 'ring_in_use'],
    ['unavailable', 'idle', 'idle'],
    ['unavailable', undefined, 'unavailable'],
    ['unknown', 'unavailable', 'unavailable'],
    [undefined, undefined, undefined],
  ])('are joined: %s and %s count as %s', (one, other, joined) => {
    const states = [
      [one, other],
      [other, one],
    ].map(([desk, web]) =>
      phoneStatesWith({
        ...(desk && { 'PJSIP/1001-desk': desk }),
        ...(web && { 'PJSIP/1001-web': web }),
      }).stateOf('1001'),
    )
    expect(states).toEqual([joined, joined])
  })

  it('are reachable if one of them is registered, and know which', () => {
    const browser = phoneStatesWith({ 'PJSIP/1001-desk': 'unavailable', 'PJSIP/1001-web': 'idle' })
    expect(browser.isReachable('1001')).toBe(true)
    expect(browser.registered('1001')).toEqual({ phone: false, web: true })
    expect(phoneStatesWith({ 'PJSIP/1001-desk': 'in_use' }).registered('1001')).toEqual({
      phone: true,
      web: false,
    })
    expect(phoneStatesWith({}).registered('1001')).toEqual({ phone: false, web: false })
  })

  it.each<[DeviceState, boolean]>([
    ['unknown', false],
    ['unavailable', false],
    ['idle', true],
    ['in_use', true],
    ['busy', true],
    ['ringing', true],
    ['ring_in_use', true],
    ['on_hold', true],
  ])('with a device in state %s is reachable: %s', (state, isReachable) => {
    expect(phoneStatesWith({ 'PJSIP/1001-web': state }).isReachable('1001')).toBe(isReachable)
  })

  it('is not reachable until the PBX has reported a state', () => {
    expect(phoneStatesWith({}).isReachable('1001')).toBe(false)
  })

  it.each<[string, DeviceState, boolean]>([
    ['Custom:DND1001', 'busy', true],
    ['Custom:DEVDND1001', 'in_use', true],
    ['CustomPresence:1001', 'unavailable', true],
    ['Custom:DND1001', 'idle', false],
    ['Custom:DND1001', 'unknown', false],
    ['Custom:DND1002', 'busy', false],
  ])('is set to do-not-disturb by %s in state %s: %s', (device, state, isDnd) => {
    expect(phoneStatesWith({ [device]: state }).isDnd('1001')).toBe(isDnd)
  })
})
