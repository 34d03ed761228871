import { expect, test } from 'vitest'
import { createPbxLinkStatus } from '../../../../../api/core/call-center/calls/pbx-link-status.ts'

function createLinkStatus({ hasPbx = true } = {}) {
  let [at, online] = [0, false]
  const link = createPbxLinkStatus({ hasPbx, isOnline: () => online, monotonic: () => at })
  return {
    link,
    after(ms: number, isOnline: boolean) {
      at += ms
      online = isOnline
      link.check()
      return link.state()
    },
  }
}

test('the PBX link is not configured without a PBX', () => {
  expect(createLinkStatus({ hasPbx: false }).link.state()).toBe('not_configured')
})

test('the PBX link is registered while online, connecting for ten seconds offline, and failed after that', () => {
  const { after } = createLinkStatus()
  expect(after(9_999, false)).toBe('connecting')
  expect(after(1, false)).toBe('failed')
  expect(after(60_000, true)).toBe('registered')
  expect(after(60_000, true)).toBe('registered')
  expect(after(9_999, false)).toBe('connecting')
  expect(after(1, false)).toBe('failed')
  expect(after(1, true)).toBe('registered')
})
