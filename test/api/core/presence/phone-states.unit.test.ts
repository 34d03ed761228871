import { describe, expect, it } from 'vitest'
import type { DeviceState } from '../../../../api/core/calls/pbx-events.ts'
import { createPhoneStates } from '../../../../api/core/presence/phone-states.ts'

const phoneStatesWith = (devices: Record<string, DeviceState>) =>
  createPhoneStates({
    technology: 'PJSIP',
    directory: { endpointOf: (extension) => `${extension}-web` },
    deviceStateOf: (device) => devices[device],
  })

describe('the phone of an extension', () => {
  it('has the state of the device of its endpoint', () => {
    const phones = phoneStatesWith({ 'PJSIP/1001-web': 'ringing', 'PJSIP/1001': 'idle' })
    expect(phones.stateOf('1001')).toBe('ringing')
    expect(phones.stateOf('1002')).toBeUndefined()
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
