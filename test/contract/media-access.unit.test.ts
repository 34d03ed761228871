import { describe, expect, test } from 'vitest'
import { canReadMedia } from '../../contract/media-access.ts'

describe('a file of the folder 1001', () => {
  test.each([
    ['a user with that extension reads it', { role: 'user', extension: '1001' }, true],
    ['a user with another does not', { role: 'user', extension: '1002' }, false],
    ['a user without one does not', { role: 'user' }, false],
    ['a supervisor reads it', { role: 'supervisor' }, true],
    ['a supervisor whose team bounds them does not', { role: 'supervisor', reach: 'team' }, false],
    ['but reads their own', { role: 'supervisor', reach: 'team', extension: '1001' }, true],
    ['and not another’s', { role: 'supervisor', reach: 'team', extension: '100' }, false],
    ['an admin reads it', { role: 'admin' }, true],
  ] as const)('%s', (_, claims, expected) => {
    expect(canReadMedia(claims, '1001/2026/call.mp3')).toBe(expected)
  })

  test.each(['.hidden', '1001/.trash/call.mp3'])('hidden files are read by no one: %s', (path) => {
    expect(canReadMedia({ role: 'admin', extension: '1001' }, path)).toBe(false)
  })
})
