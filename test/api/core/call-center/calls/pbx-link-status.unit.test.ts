import { expect, test } from 'vitest'
import { createLine } from '../../../../../api/core/call-center/calls/pbx-link-status.ts'

function aLine({ hasPbx = true } = {}) {
  let [at, online] = [0, false]
  const line = createLine({ hasPbx, isOnline: () => online, monotonic: () => at })
  return {
    line,
    after(ms: number, isOnline: boolean) {
      at += ms
      online = isOnline
      line.look()
      return line.state()
    },
  }
}

test('without a PBX nothing is configured', () => {
  expect(aLine({ hasPbx: false }).line.state()).toBe('not_configured')
})

test('it connects, is there, is lost and connects again; after ten seconds it has failed', () => {
  const { after } = aLine()
  expect(after(9_999, false)).toBe('connecting')
  expect(after(1, false)).toBe('failed')
  expect(after(60_000, true)).toBe('registered')
  expect(after(60_000, true)).toBe('registered')
  expect(after(9_999, false)).toBe('connecting')
  expect(after(1, false)).toBe('failed')
  expect(after(1, true)).toBe('registered')
})
