import { describe, expect, test } from 'vitest'
import { Config } from '../../../api/config/config.ts'
import { readEnv } from '../../../runtime/env.ts'

const read = (env: Record<string, string>) =>
  readEnv(Config, { HOOKSWITCH_RUN: '/run/x', REDIS_URL: 'unix:/run/x/redis.sock', ...env })

const ASTERISK = {
  HOOKSWITCH_PROVISIONER: 'asterisk',
  HOOKSWITCH_SIP_DOMAIN: 'pbx.example.org',
  HOOKSWITCH_ARI_URL: 'http://127.0.0.1:8088',
  HOOKSWITCH_ARI_PASSWORD: 'hunter2',
}
const FREEPBX = {
  HOOKSWITCH_PROVISIONER: 'freepbx',
  HOOKSWITCH_SIP_DOMAIN: 'pbx.example.org',
  HOOKSWITCH_FREEPBX_URL: 'https://pbx.example.org',
  HOOKSWITCH_FREEPBX_CLIENT_ID: 'id',
  HOOKSWITCH_FREEPBX_CLIENT_SECRET: 'hunter2',
}
const MIKOPBX = {
  HOOKSWITCH_PROVISIONER: 'mikopbx',
  HOOKSWITCH_SIP_DOMAIN: '[2001:db8::1]',
  HOOKSWITCH_MIKOPBX_URL: 'https://pbx.example.org',
  HOOKSWITCH_MIKOPBX_LOGIN: 'admin',
  HOOKSWITCH_MIKOPBX_PASSWORD: 'hunter2',
}

describe('registration and provisioning by default', () => {
  test('invited users may register, and no extensions are created', () => {
    expect(read({})).toMatchObject({ registration: 'invitation', provisioner: undefined })
  })
})

describe('a provisioner', () => {
  test.each([
    [
      'asterisk',
      ASTERISK,
      { kind: 'asterisk', username: 'hookswitch', phones: { codecs: ['opus', 'alaw', 'ulaw'] } },
    ],
    ['freepbx', FREEPBX, { kind: 'freepbx', clientId: 'id' }],
    ['mikopbx', MIKOPBX, { kind: 'mikopbx', login: { login: 'admin', password: 'hunter2' } }],
    [
      'mikopbx with a key',
      {
        ...MIKOPBX,
        HOOKSWITCH_MIKOPBX_LOGIN: '',
        HOOKSWITCH_MIKOPBX_PASSWORD: '',
        HOOKSWITCH_MIKOPBX_API_KEY: 'key',
      },
      { kind: 'mikopbx', login: { apiKey: 'key' } },
    ],
  ])('%s gets all its settings', (_, env, config) => {
    expect(read(env).provisioner).toMatchObject(config)
  })

  const needed = [ASTERISK, FREEPBX, MIKOPBX].flatMap((env) =>
    Object.keys(env)
      .filter((name) => name !== 'HOOKSWITCH_PROVISIONER')
      .map((name) => [env.HOOKSWITCH_PROVISIONER, name, env] as const),
  )
  test.each(needed)('%s does not start without %s', (kind, name, env) => {
    const start = () => read({ ...env, [name]: '' })
    expect(start).toThrow(new RegExp(`is not set, and HOOKSWITCH_PROVISIONER=${kind} needs it`))
    expect(start).not.toThrow(/hunter2/)
  })
})

describe('extensions', () => {
  test.each([
    ['2000-2999', { first: '2000', last: '2999' }],
    ['0100-0199', { first: '0100', last: '0199' }],
    ['7000-7000', { first: '7000', last: '7000' }],
  ])('%s is a range', (text, range) => {
    expect(read({ HOOKSWITCH_EXTENSIONS: text }).range).toEqual(range)
  })

  test.each([
    ['that goes down', '2999-2000', /must go up/],
    ['of unequal digits', '900-1100', /equally many digits/],
    ['that holds millions', '1000000-9999999', /100000 numbers or fewer/],
    ['of one number', '2000', /two numbers/],
    ['of letters', 'abc-def', /two numbers/],
    ['of one digit', '1-9', /two numbers/],
  ])('a range %s is refused', (_, text, message) => {
    expect(() => read({ HOOKSWITCH_EXTENSIONS: text })).toThrow(message)
  })
})

test.each([
  ['HOOKSWITCH_SIP_DOMAIN', 'pbx.example.org;transport=tcp'],
  ['HOOKSWITCH_SIP_DOMAIN', '2001:db8::1'],
  ['HOOKSWITCH_SIP_TRANSPORT', 'ws'],
  ['HOOKSWITCH_PUBLIC_URL', 'ftp://voice.example.org'],
  ['HOOKSWITCH_PUBLIC_URL', 'https://voice.example.org/?a=b'],
  ['HOOKSWITCH_ARI_URL', 'http://user:hunter2@127.0.0.1:8088'],
  ['HOOKSWITCH_ARI_CODECS', 'alaw, ulaw'],
  ['HOOKSWITCH_ARI_CONTEXT', 'a]b'],
])('%s=%s is refused, and not repeated', (name, value) => {
  expect(() => read({ [name]: value })).toThrow(new RegExp(`^${name}: `))
  expect(() => read({ [name]: value })).not.toThrow(value)
})
