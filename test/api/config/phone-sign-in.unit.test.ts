import { describe, expect, it } from 'vitest'
import { Config } from '../../../api/config/config.ts'
import { readEnv } from '../../../runtime/env.ts'

const BASE = { HOOKSWITCH_RUN: '/run/x', REDIS_URL: 'unix:/run/x/redis.sock' }
const read = (env: Record<string, string>) => readEnv(Config, { ...BASE, ...env }).phoneSignIn
const register = (server: string, more = {}) =>
  read({ HOOKSWITCH_PHONE_SIGN_IN: 'register', HOOKSWITCH_PHONE_SIGN_IN_SERVER: server, ...more })

const FREEPBX = {
  HOOKSWITCH_FREEPBX_URL: 'https://pbx.example',
  HOOKSWITCH_FREEPBX_CLIENT_ID: 'id',
  HOOKSWITCH_FREEPBX_CLIENT_SECRET: 'client secret',
}
const MIKOPBX = { HOOKSWITCH_MIKOPBX_URL: 'https://miko.example', HOOKSWITCH_MIKOPBX_API_KEY: 'key' }

describe('the settings of sign-in with the secret of a phone', () => {
  it('have it off unless it is chosen', () => {
    expect(read({})).toMatchObject({ mode: 'off', caches: false, source: undefined })
  })

  it.each([
    ['sip:pbx.example:5070;transport=tcp', { host: 'pbx.example', port: 5070, transport: 'tcp' }],
    ['sip:127.0.0.1', { host: '127.0.0.1', port: 5060, transport: 'udp' }],
    ['sip:pbx;transport=tls', { host: 'pbx', port: 5061, transport: 'tls' }],
    ['sip:[2001:db8::1]:5060', { host: '2001:db8::1', port: 5060, transport: 'udp' }],
  ])('read %s', (server, expected) => {
    expect(register(server)).toMatchObject({ mode: 'register', server: expected })
  })

  it('take the host of the addresses from the server, unless phones have another one', () => {
    expect(register('sip:[2001:db8::1]:5060').domain).toBe('[2001:db8::1]')
    expect(register('sip:127.0.0.1', { HOOKSWITCH_SIP_DOMAIN: 'pbx.example' }).domain).toBe('pbx.example')
  })

  it.each([
    'sips:pbx',
    'pbx:5060',
    'sip:pbx:0',
    'sip:pbx:70000',
    'sip:pbx;transport=ws',
    'sip:a b',
    'sip:user@pbx',
    'sip:pbx\r\nX: y',
  ])('refuse the server %j', (server) => {
    expect(() => register(server)).toThrow('HOOKSWITCH_PHONE_SIGN_IN_SERVER')
  })

  it.each(['1001', '{extension}\r\n', '{extension}>', '{extension}{extension}'])(
    'refuse the name %j',
    (name) => {
      const more = { HOOKSWITCH_PHONE_SIGN_IN_USERNAME: name }
      expect(() => register('sip:pbx', more)).toThrow('HOOKSWITCH_PHONE_SIGN_IN_USERNAME')
    },
  )

  it('need a server, or the access to exactly one PBX', () => {
    expect(() => read({ HOOKSWITCH_PHONE_SIGN_IN: 'register' })).toThrow('HOOKSWITCH_PHONE_SIGN_IN_SERVER')
    const source = { HOOKSWITCH_PHONE_SIGN_IN: 'source' }
    for (const env of [{}, { ...FREEPBX, HOOKSWITCH_FREEPBX_CLIENT_SECRET: '' }, { ...FREEPBX, ...MIKOPBX }])
      expect(() => read({ ...source, ...env })).toThrow('HOOKSWITCH_PHONE_SIGN_IN')
    expect(read({ ...source, ...FREEPBX }).source).toMatchObject({ kind: 'freepbx', clientId: 'id' })
    expect(read({ ...source, ...MIKOPBX }).source).toMatchObject({
      kind: 'mikopbx',
      login: { apiKey: 'key' },
    })
    const chosen = { HOOKSWITCH_PROVISIONER: 'mikopbx', HOOKSWITCH_SIP_DOMAIN: 'pbx' }
    expect(read({ ...source, ...FREEPBX, ...MIKOPBX, ...chosen }).source).toMatchObject({ kind: 'mikopbx' })
  })
})
