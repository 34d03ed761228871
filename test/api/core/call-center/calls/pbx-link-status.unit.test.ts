import { expect, test } from 'vitest'
import { createPbxLinkStatus } from '../../../../../api/core/call-center/calls/pbx-link-status.ts'

function createLinkStatus({ hasPbx = true } = {}) {
  let [at, online] = [0, false]
  const line = createPbxLinkStatus({ hasPbx, isOnline: () => online, monotonic: () => at })
  return {
    line,
    after(ms: number, isOnline: boolean) {
      at += ms
      online = isOnline
      line.check()
      return line.state()
    },
  }
}

test('without a PBX nothing is configured', () => {
  expect(createLinkStatus({ hasPbx: false }).line.state()).toBe('not_configured')
})

test('it connects, is there, is lost and connects again; after ten seconds it has failed', () => {
  const { after } = createLinkStatus()
  expect(after(9_999, false)).toBe('connecting')
  expect(after(1, false)).toBe('failed')
  expect(after(60_000, true)).toBe('registered')
  expect(after(60_000, true)).toBe('registered')
  expect(after(9_999, false)).toBe('connecting')
  expect(after(1, false)).toBe('failed')
  expect(after(1, true)).toBe('registered')
})
