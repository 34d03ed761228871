import { describe, expect, test } from 'vitest'
import { canReadMedia } from '../../contract/media-access.ts'

describe('canReadMedia, for a file of the folder 1001', () => {
  test.each([
    ['allows a user with that extension', { role: 'user', extension: '1001' }, true],
    ['denies a user with another extension', { role: 'user', extension: '1002' }, false],
    ['denies a user without an extension', { role: 'user' }, false],
    ['allows a supervisor', { role: 'supervisor' }, true],
    ['denies a supervisor who is limited to a team', { role: 'supervisor', reach: 'team' }, false],
    [
      'allows that supervisor their own folder',
      { role: 'supervisor', reach: 'team', extension: '1001' },
      true,
    ],
    [
      'denies that supervisor a folder that begins alike',
      { role: 'supervisor', reach: 'team', extension: '100' },
      false,
    ],
    ['allows an admin', { role: 'admin' }, true],
  ] as const)('%s', (_, claims, expected) => {
    expect(canReadMedia(claims, '1001/2026/call.mp3')).toBe(expected)
  })

  test.each(['.hidden', '1001/.trash/call.mp3'])('denies every user a hidden file: %s', (path) => {
    expect(canReadMedia({ role: 'admin', extension: '1001' }, path)).toBe(false)
  })
})
