import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type ConsoleBrowser,
  expectNoComplaints,
  startConsoleBrowser,
} from '../../support/console/console-page.ts'
import { type Stack, startStack } from '../../support/stack.ts'

const REFUSED_REQUEST = /Failed to load resource: the server responded with a status of 401/

describe('console: session', () => {
  let stack: Stack
  let browser: ConsoleBrowser
  beforeAll(async () => {
    stack = await startStack()
    browser = await startConsoleBrowser(stack.url)
  })
  afterAll(async () => {
    await browser?.stop()
    await stack?.stop()
  })

  it('serves the page at / to browsers, and JSON to API clients', async () => {
    const page = await fetch(stack.url, { headers: { Accept: 'text/html,*/*;q=0.8' } })
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(page.headers.get('cache-control')).toBe('no-cache')
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'")
    const [script = ''] = /\/console\/assets\/console-\w+\.js/.exec(await page.text()) ?? []
    const asset = await fetch(stack.url + script)
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect((await fetch(`${stack.url}/console/assets/missing.js`)).status).toBe(404)

    for (const accept of ['application/json', '*/*', 'text/html;q=0, application/json']) {
      const answer = await fetch(stack.url, { headers: { Accept: accept } })
      expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/problem+json'])
      expect(answer.headers.get('vary')).toMatch(/Accept/)
    }
    expect(page.headers.get('vary')).toMatch(/Accept/)
    const redirect = await fetch(`${stack.url}/console`, { redirect: 'manual' })
    expect(redirect.headers.get('location')).toBe('/console/')
  })

  it('stays signed in over a reload, and on a link to a screen', async () => {
    const person = await browser.openPerson()
    await person.signIn('user1', '/console/history')
    expect(new URL(person.page.url()).pathname).toBe('/console/history')
    await person.page.reload()
    await person.page.waitForSelector('nav')
    expectNoComplaints(person)
    await person.close()
  })

  it('shows the sign-in page with the reason within a second of the session’s end elsewhere', async () => {
    const [first, second] = [await browser.openPerson(), await browser.openPerson()]
    await first.signIn('user1')
    await second.signIn('user1')
    const { page } = first
    await page.waitForFunction(() =>
      performance.getEntriesByType('resource').some(({ name }) => name.endsWith('stream-tickets')),
    )
    const token = await loginToken(stack.url)
    await fetch(`${stack.url}/api/v1/sessions?scope=all`, {
      method: 'DELETE',
      headers: { Authorization: `Bearer ${token}` },
    })
    const endedAt = Date.now()
    for (const { page } of [first, second]) await page.getByText('Your session is over').waitFor()
    expect(Date.now() - endedAt).toBeLessThan(10_000)
    expectNoComplaints(first, [REFUSED_REQUEST])
    await first.close()
    await second.close()
  })

  it('shares one session among tabs: signing out in one signs out the other', async () => {
    const person = await browser.openPerson()
    await person.signIn('user2')
    const other = await person.context.newPage()
    await other.goto('/')
    await other.waitForSelector('nav')
    await other.getByRole('button', { name: 'Sign out' }).click()
    await person.page.getByText('You have signed out').waitFor()
    expectNoComplaints(person)
    await person.close()
  })

  it('gives the streams to a tab of the console, not to an account page that was opened first', async () => {
    const person = await browser.openPerson()
    await person.page.goto('/console/forgot')
    await person.page.waitForSelector('form')
    const tab = await person.context.newPage()
    await tab.goto('/')
    await fillSignIn(tab, 'user2')
    const stream = tab.waitForEvent('websocket', (socket) => socket.url().includes('/streams/me'))
    await tab.click('button[type=submit]')
    await stream
    await person.close()
  })

  it('offers to load the page again when a part of it could not be loaded', async () => {
    const person = await browser.openPerson()
    await person.page.route('**/console/assets/shell-*.js', (route) => route.abort())
    await person.page.goto('/')
    await fillSignIn(person.page, 'user2')
    await person.page.click('button[type=submit]')
    await person.page.getByRole('button', { name: 'Load the page again' }).waitFor()
    await person.close()
  })

  it('shows "reconnecting" while the API is away, and goes on by itself', async () => {
    const person = await browser.openPerson()
    await person.signIn('user3')
    stack.signal('api', 'SIGKILL')
    stack.signal('stream-1', 'SIGKILL')
    await person.page.getByText('Reconnecting').waitFor()
    await person.page.getByText('Reconnecting').waitFor({ state: 'hidden' })
    await person.page.waitForSelector('nav')
    expect(await person.page.locator('input[name=password]').count()).toBe(0)
    await person.close()
  })
})

async function fillSignIn(page: Page, login: string) {
  await page.fill('input[name=login]', login)
  await page.fill('input[name=password]', 'password')
}

async function loginToken(url: string): Promise<string> {
  const answer = await fetch(`${url}/pbxcore/api/module-softphone-backend/v1/auth/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username: 'user1', password: 'password' }),
  })
  const { access_token } = (await answer.json()) as { access_token: string }
  return access_token
}
