import { describe, expect, test } from 'vitest'
import { createOnboardingFixture, nowS, sip, tokenOf } from './fixture.ts'

describe('a provisioning link', () => {
  const issueLink = async (world: ReturnType<typeof createOnboardingFixture>, headers = {}) =>
    (await world.ask('POST', '/sip/provisioning-links', { token: tokenOf(), headers })).body
  const pathOf = (url: string) => url.slice(url.indexOf('/sip/'))

  test('has the host of the request and comes with a QR code', async () => {
    const world = createOnboardingFixture()
    const { url, expires_in, qr } = await issueLink(world)
    expect(url).toMatch(/^http:\/\/voice\.example\.org:8080\/sip\/provisioning\.xml\?ticket=[\w-]{43}$/)
    expect([expires_in, qr]).toEqual([600, `data:drawn,${url}`])
    expect((await issueLink(world, { 'X-Forwarded-Proto': 'https' })).url).toMatch(/^https:/)
  })

  const place = { publicUrl: undefined, appUrl: '', allowedOrigins: [] }
  test.each([
    ['the public URL', { publicUrl: 'https://v.example/sub/' }, 'evil.example', 'https://v.example/sub'],
    ['the URL of the app', { appUrl: 'https://app.example/crm' }, 'evil.example', 'https://app.example'],
    ['this machine', {}, '127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['this machine', {}, 'localhost:8080', 'http://localhost:8080'],
    ['this machine', { appUrl: 'http://127.0.0.1:8080' }, '[::1]:8080', 'http://[::1]:8080'],
  ])('has the base URL of %s: %j', async (_, settings, host, base) => {
    const { url } = await issueLink(
      createOnboardingFixture({ publicUrlSettings: { ...place, ...settings } }),
      {
        Host: host,
      },
    )
    expect(url.slice(0, url.indexOf('/sip/'))).toBe(base)
  })

  test('is refused for an unknown host; the error names the missing setting', async () => {
    const world = createOnboardingFixture({
      publicUrlSettings: { ...place, appUrl: 'http://127.0.0.1:8080' },
    })
    for (const Host of ['evil.example', '127.0.0.1.evil.example', '192.0.2.7:8080']) {
      const { status, body } = await world.ask('POST', '/sip/provisioning-links', {
        token: tokenOf(),
        headers: { Host },
      })
      expect([status, body.detail]).toEqual([503, expect.stringContaining('HOOKSWITCH_PUBLIC_URL')])
    }
  })

  test.each(['evil.example/x', 'a b', 'user@evil.example', '"><script>', '127.0.0.1/@evil.example', ''])(
    'is refused for a malformed host: %j',
    async (host) => {
      const { ask } = createOnboardingFixture()
      const res = await ask('POST', '/sip/provisioning-links', { token: tokenOf(), headers: { Host: host } })
      expect(res.status).toBe(503)
    },
  )

  test('works once, for GET only, and its ticket is in no log', async () => {
    const world = createOnboardingFixture()
    const { url } = await issueLink(world)
    expect((await world.ask('HEAD', pathOf(url))).status).toBe(405)
    const first = await world.ask('GET', pathOf(url))
    expect([first.status, first.headers.get('content-type')]).toEqual([200, 'application/xml'])
    expect(first.text).toContain('<entry name="passwd" overwrite="true">aB3dEf6gH9jK</entry>')
    const { status, body } = await world.ask('GET', pathOf(url))
    expect([status, body]).toEqual([404, { detail: 'this link was used, or is too old' }])
    expect(world.lines.join()).not.toContain(new URL(url).searchParams.get('ticket'))
  })

  test.each([
    ['Telegram', { 'User-Agent': 'TelegramBot (like TwitterBot)' }],
    ['Slack', { 'User-Agent': 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)' }],
    ['WhatsApp', { 'User-Agent': 'WhatsApp/2.23.20.0' }],
    ['iMessage', { 'User-Agent': 'Mozilla/5.0 facebookexternalhit/1.1 Facebot Twitterbot/1.0' }],
    ['Teams', { 'User-Agent': 'Mozilla/5.0 (Windows NT 6.1) SkypeUriPreview Preview/0.5' }],
    [
      'a scanner that pretends to be a browser',
      { 'User-Agent': 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)' },
    ],
    ['a client that accepts HTML', { Accept: 'text/html,application/xhtml+xml;q=0.9,*/*' }],
    ['a browser that fetches in advance', { 'Sec-Purpose': 'prefetch;prerender', Accept: '*/*' }],
  ])('shows no secret to a preview of %s, and still works for the phone', async (_, headers) => {
    const world = createOnboardingFixture()
    const { url } = await issueLink(world)
    const preview = await world.ask('GET', pathOf(url), { headers: headers as Record<string, string> })
    expect([preview.status, preview.headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8'])
    expect(preview.text).not.toContain(sip.password)
    expect(preview.text).not.toContain(new URL(url).searchParams.get('ticket'))
    const phone = { headers: { 'User-Agent': 'LinphoneAndroid/5.2.5 (Pixel 8) LinphoneSDK/5.3' } }
    expect(await world.ask('GET', pathOf(url), phone)).toMatchObject({
      status: 200,
      text: expect.stringContaining(sip.password),
    })
  })

  test('ends with the session that issued it', async () => {
    const world = createOnboardingFixture()
    const { url } = await issueLink(world)
    world.revocations.add({ kind: 'sid', key: 's', generation: 0, until: 9e9 })
    expect((await world.ask('GET', pathOf(url))).status).toBe(404)
  })

  test('expires no later than the token', async () => {
    const token = tokenOf({ claims: { exp: nowS + 100 } })
    const { body } = await createOnboardingFixture().ask('POST', '/sip/provisioning-links', { token })
    expect(body.expires_in).toBeLessThanOrEqual(100)
  })

  test.each(['', '?ticket=', '?ticket=guessed', `?ticket=${'a'.repeat(43)}`, `?ticket=${'%0a'.repeat(43)}`])(
    'answers 404 if it was never issued: %j',
    async (query) => {
      expect((await createOnboardingFixture().ask('GET', `/sip/provisioning.xml${query}`)).status).toBe(404)
    },
  )
})
