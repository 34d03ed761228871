import { describe, expect, test } from 'vitest'
import { buildIceServers } from '../../../../api/core/provisioning/ice-servers.ts'

const settings = {
  stunUrls: ['stun:s.example.org'],
  turnUrls: ['turn:t.example.org'],
  turnSecret: 'north',
}
const user = { userId: '7', expiresAt: 1_700_000_000 }

describe('ICE servers', () => {
  test('TURN credentials hold expiry and user, signed', () => {
    expect(buildIceServers(settings, user)).toEqual([
      { urls: ['stun:s.example.org'] },
      {
        urls: ['turn:t.example.org'],
        username: '1700000000:7',
        // printf 1700000000:7 | openssl dgst -sha1 -hmac north -binary | base64
        credential: 'PPWz7PpRwxKwGzZCJzS+CZ2BJhk=',
      },
    ])
  })
  test('omits servers that are not configured', () => {
    expect(buildIceServers({ stunUrls: [], turnUrls: [], turnSecret: 'north' }, user)).toEqual([])
    expect(buildIceServers({ ...settings, stunUrls: [], turnSecret: undefined }, user)).toEqual([])
  })
})
