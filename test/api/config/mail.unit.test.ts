import { describe, expect, test } from 'vitest'
import { Config } from '../../../api/config/config.ts'
import { readEnv } from '../../../runtime/env.ts'

const GOOD = {
  HOOKSWITCH_RUN: '/run/x',
  REDIS_URL: 'unix:/run/x/redis.sock',
  HOOKSWITCH_SMTP_URL: 'smtp://voice:hunter%402@mail.example.org',
  HOOKSWITCH_MAIL_FROM: 'Hookswitch <voice@example.org>',
  HOOKSWITCH_PUBLIC_URL: 'https://voice.example.org/',
}
const read = (difference: Record<string, string> = {}) => readEnv(Config, { ...GOOD, ...difference })

describe('a mail server', () => {
  test('gets all its settings, and must encrypt', () => {
    expect(read()).toMatchObject({
      mail: {
        to: 'server',
        host: 'mail.example.org',
        port: 587,
        secure: false,
        requireTls: true,
        auth: { user: 'voice', pass: 'hunter@2' },
        from: { name: 'Hookswitch', address: 'voice@example.org' },
      },
      appUrl: undefined,
      consoleUrl: 'https://voice.example.org/console',
    })
  })

  test.each([
    ['smtps://mail.example.org', { port: 465, secure: true, requireTls: false, auth: undefined }],
    ['smtp://mail.example.org:25', { port: 25, requireTls: true }],
    ['smtp://[2001:db8::1]:25', { host: '2001:db8::1', requireTls: true }],
    ['smtp://127.0.0.1:2525', { requireTls: false }],
    ['smtp://[::1]', { host: '::1', requireTls: false }],
    ['smtp://localhost', { requireTls: false }],
    ['smtp://127.0.0.1.example.org', { requireTls: true }],
  ])('%s', (url, way) => {
    expect(read({ HOOKSWITCH_SMTP_URL: url }).mail).toMatchObject(way)
  })

  test('is not configured by default', () => {
    expect(read({ HOOKSWITCH_SMTP_URL: '' }).mail).toBeUndefined()
  })

  test.each(['HOOKSWITCH_MAIL_FROM', 'HOOKSWITCH_PUBLIC_URL'])(
    'may omit %s only if another setting provides it',
    (name) => {
      expect(() => read({ [name]: '' })).toThrow(
        /(MAIL_FROM|PUBLIC_URL): is not set, and HOOKSWITCH_SMTP_URL needs it/,
      )
      const app = { HOOKSWITCH_APP_URL: 'https://app.example.org/crm/' }
      expect(read(app).appUrl).toBe('https://app.example.org/crm')
    },
  )
})

test.each([
  ['HOOKSWITCH_SMTP_URL', 'http://hunter2@mail.example.org'],
  ['HOOKSWITCH_SMTP_URL', 'smtp://mail.example.org/?secret=hunter2'],
  ['HOOKSWITCH_SMTP_URL', 'smtp://voice:hunter2%zz@mail.example.org'],
  ['HOOKSWITCH_MAIL_FROM', 'voice@example.org\r\nBcc: hunter2@example.org'],
  ['HOOKSWITCH_MAIL_FROM', 'hunter2@example.org, voice@example.org'],
  ['HOOKSWITCH_APP_URL', 'https://hunter2@app.example.org'],
  ['HOOKSWITCH_APP_URL', 'https://app.example.org/?hunter2'],
])('%s=%j is refused, and not repeated', (name, value) => {
  expect(() => read({ [name]: value })).toThrow(new RegExp(`^${name}: `))
  expect(() => read({ [name]: value })).not.toThrow(/hunter2/)
})
