import { describe, expect, test } from 'vitest'
import { buildIceServers } from '../../../../api/core/provisioning/ice-servers.ts'

const settings = {
  stunUrls: ['stun:s.example.org'],
  turnUrls: ['turn:t.example.org'],
  turnSecret: 'north',
}
const who = { userId: '7', expiresAt: 1_700_000_000 }

describe('ICE servers', () => {
  test('TURN takes the end and the user, signed', () => {
    expect(buildIceServers(settings, who)).toEqual([
      { urls: ['stun:s.example.org'] },
      {
        urls: ['turn:t.example.org'],
        username: '1700000000:7',
        // printf 1700000000:7 | openssl dgst -sha1 -hmac north -binary | base64
        credential: 'PPWz7PpRwxKwGzZCJzS+CZ2BJhk=',
      },
    ])
  })
  test('nobody gets what is not set up', () => {
    expect(buildIceServers({ stunUrls: [], turnUrls: [], turnSecret: 'north' }, who)).toEqual([])
    expect(buildIceServers({ ...settings, stunUrls: [], turnSecret: undefined }, who)).toEqual([])
  })
})
