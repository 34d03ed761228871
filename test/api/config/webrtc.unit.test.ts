import { describe, expect, test } from 'vitest'
import { Config } from '../../../api/config/config.ts'
import { readEnv, SettingsError } from '../../../runtime/env.ts'

const good = { REDIS_URL: 'redis://127.0.0.1', HOOKSWITCH_RUN: '/run/hookswitch' }
const turn = {
  HOOKSWITCH_TURN_URLS: 'turn:t.example.org:3478?transport=udp, turns:t.example.org',
  HOOKSWITCH_TURN_SECRET: 'shared',
}

describe('settings of browser phones', () => {
  test('have defaults', () => {
    expect(readEnv(Config, good).webrtc).toEqual({
      ttl: 3_600,
      websocketUrl: '/api/v1/phone/socket',
      isRelayed: true,
      ice: { stunUrls: [], turnUrls: [], turnSecret: undefined },
    })
  })

  test('are read', () => {
    const env = { ...good, ...turn, HOOKSWITCH_SIP_WS_URL: 'wss://pbx.example.org:8089/ws' }
    expect(readEnv(Config, env).webrtc).toMatchObject({
      websocketUrl: 'wss://pbx.example.org:8089/ws',
      isRelayed: false,
      ice: { turnUrls: ['turn:t.example.org:3478?transport=udp', 'turns:t.example.org'] },
    })
  })

  test.each([
    ['a loan of seconds', { HOOKSWITCH_WEBRTC_TTL: '59' }, 'HOOKSWITCH_WEBRTC_TTL'],
    ['a loan of days', { HOOKSWITCH_WEBRTC_TTL: '86401' }, 'HOOKSWITCH_WEBRTC_TTL'],
    ['a page', { HOOKSWITCH_SIP_WS_URL: 'https://pbx.example.org/ws' }, 'HOOKSWITCH_SIP_WS_URL'],
    [
      'a PBX by HTTP',
      { HOOKSWITCH_SIP_WS_UPSTREAM: 'http://10.0.0.1:8088/ws' },
      'HOOKSWITCH_SIP_WS_UPSTREAM',
    ],
    [
      'a PBX with a password',
      { HOOKSWITCH_SIP_WS_UPSTREAM: 'ws://me:pass@10.0.0.1/ws' },
      'HOOKSWITCH_SIP_WS_UPSTREAM',
    ],
    ['a TURN server for STUN', { HOOKSWITCH_STUN_URLS: 'turn:t.example.org' }, 'HOOKSWITCH_STUN_URLS'],
    [
      'a user in an address',
      { ...turn, HOOKSWITCH_TURN_URLS: 'turn:me@t.example.org' },
      'HOOKSWITCH_TURN_URLS',
    ],
    ['TURN without its secret', { ...turn, HOOKSWITCH_TURN_SECRET: '' }, 'HOOKSWITCH_TURN_SECRET'],
  ])('%s is refused by its name', (_, difference, name) => {
    expect(() => readEnv(Config, { ...good, ...difference })).toThrow(SettingsError)
    expect(() => readEnv(Config, { ...good, ...difference })).toThrow(name)
  })
})
