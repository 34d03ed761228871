import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDemo } from '../../documents/demo.ts'
import { whyAsteriskUnavailable } from '../../support/asterisk.ts'
import { axeViolations } from '../../support/console/axe.ts'
import {
  type ConsoleBrowser,
  expectNoComplaints,
  type Person,
  startConsoleBrowser,
} from '../../support/console/console-page.ts'
import { requestJson } from '../../support/http-client.ts'
import { type Stack, waitUntil } from '../../support/stack.ts'

const missing = await whyAsteriskUnavailable()
const title = missing === undefined ? 'console: Me and Today' : `console: Me and Today (skipped: ${missing})`
const REFUSED = /Failed to load resource: the server responded with a status of (401|403|404)/
/** Runs if a text that others wrote is read as markup. */
const MARKUP = '<img src=x onerror="window.canary=1">'

describe.skipIf(missing !== undefined)(title, () => {
  let stack: Stack
  let browser: ConsoleBrowser
  beforeAll(async () => {
    stack = await startDemo()
    browser = await startConsoleBrowser(stack.url)
  })
  afterAll(async () => {
    await browser?.stop()
    await stack?.stop()
  })

  async function tokenOf(login: string, userAgent = 'test', password = 'password'): Promise<string> {
    const { body } = await requestJson(`${stack.url}/pbxcore/api/v3/auth:login`, {
      json: { login, password },
      headers: { 'User-Agent': userAgent },
    })
    return (body.data as { accessToken: string }).accessToken // as its document has it
  }
  const signIn = async (login: string, path: string, password = 'password'): Promise<Person> => {
    const person = await browser.openPerson()
    await person.page.goto(path)
    await person.page.fill('input[name=login]', login)
    await person.page.fill('input[name=password]', password)
    await person.page.click('button[type=submit]')
    await person.page.waitForSelector('nav')
    return person
  }
  const region = (page: Page, name: string) => page.getByRole('region', { name })
  const isCanaryAlive = (page: Page) => page.evaluate('!("canary" in window)')

  it('Me lists the sessions with their devices in words, and ends one and all others after a question', async () => {
    const tokens = [
      await tokenOf('user2', `${MARKUP}/1.0`),
      await tokenOf('user2', 'Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0'),
      await tokenOf('user2', 'curl/8.14'),
    ]
    const isAlive = async (token = '') =>
      (await requestJson(`${stack.url}/api/v1/me`, { token })).status === 200
    const person = await signIn('user2', '/console/me')
    const { page } = person
    const list = region(page, 'Where you are signed in')
    await list.getByText('Chrome on Linux').waitFor()
    expect(await list.getByRole('listitem').filter({ hasText: 'This browser' }).count()).toBe(1)
    await list.getByText('<img src=x onerror').waitFor()
    expect(await isCanaryAlive(page)).toBe(true)
    expect(await axeViolations(page)).toEqual([])

    await list.getByRole('button', { name: 'End the session of Firefox on Windows' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'End', exact: true }).click()
    await page.getByText('1 session has ended.').waitFor()
    expect(await Promise.all(tokens.map(isAlive))).toEqual([true, false, true])

    await list.getByRole('button', { name: 'End all others' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'End all others' }).click()
    await page.getByText('2 sessions have ended.').waitFor()
    expect(await Promise.all(tokens.map(isAlive))).toEqual([false, false, false])
    await list.getByText('1 session', { exact: true }).waitFor()
    expectNoComplaints(person)
    await person.close()
  })

  it('Me changes name, language and theme, and a name with markup stays text', async () => {
    const person = await signIn('user3', '/console/me')
    const { page } = person
    // Without a name of one's own, others see the username; it is not stored as a name.
    expect(await page.getByLabel('Name that others see').inputValue()).toBe('')
    await page.getByLabel('Name that others see').fill(MARKUP)
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved.').waitFor()
    await page.reload()
    await waitUntil(
      'the new name',
      async () =>
        (await page
          .getByLabel('Name that others see')
          .inputValue()
          .catch(() => '')) === MARKUP,
    )
    await page.getByLabel('Dark').check()
    expect(await page.getAttribute('html', 'data-theme')).toBe('dark')
    await region(page, 'Profile').getByLabel('Language').selectOption('es')
    await region(page, 'Perfil').waitFor()
    await page.getByText('Guardado.').waitFor()
    const token = await tokenOf('user3')
    const { body } = await requestJson(`${stack.url}/api/v1/me`, { token })
    expect(body).toMatchObject({ language: 'es', display_name: MARKUP })
    expect(await isCanaryAlive(page)).toBe(true)
    expectNoComplaints(person)
    await person.close()
  })

  it('Me changes the password; every other session ends with the reason', async () => {
    const [person, other] = [await signIn('user3', '/console/me'), await signIn('user3', '/console/today')]
    const { page } = person
    const change = async (current: string, next = 'battery staple') => {
      await page.getByLabel('Current password').fill(current)
      await page.getByLabel('New password').fill(next)
      await page.getByRole('button', { name: 'Change password' }).click()
    }
    await change('password', 'short')
    await page.getByText('The new password is too short').waitFor()
    await change('wrong')
    await page.getByText('The current password is wrong.').waitFor()
    await change('password')
    await page.getByText('Your password is changed.').waitFor()
    await other.page.getByText('the password of your account was changed').waitFor()
    await page.reload()
    await page.waitForSelector('nav')
    expectNoComplaints(person, [REFUSED])
    expectNoComplaints(other, [REFUSED])
    await person.close()
    await other.close()
  })

  it('a person registers, gets an extension, and sees its SIP data only after a click', async () => {
    const person = await browser.openPerson()
    const { page } = person
    await page.goto('/console/register')
    await page.getByLabel('Email address').fill('dora@example.org')
    await page.getByLabel('New password').fill('correct horse')
    await page.getByRole('button', { name: 'Create my account' }).click()
    await page.waitForSelector('nav')
    await page.goto('/console/me')
    const phone = region(page, 'Use another phone')
    await phone.waitFor()
    expect(await phone.locator('dl').count()).toBe(0)
    await phone.getByRole('button', { name: 'Show SIP access data' }).click()
    await phone.getByText('auth_username').or(phone.getByText('Password')).waitFor()
    const extension = await region(page, 'Profile').locator('dd').nth(1).textContent()
    expect(extension).toMatch(/^1\d{3}$/)
    expect(await phone.locator('dd').allTextContents()).toContain(extension)
    await phone.getByRole('button', { name: 'Set up a mobile phone' }).click()
    await phone.getByRole('img').waitFor()
    expect(
      await phone.getByRole('img').evaluate((image: { naturalWidth: number }) => image.naturalWidth),
    ).toBeGreaterThan(0)
    expect(await axeViolations(page)).toEqual([])
    await phone.getByRole('button', { name: 'Hide SIP access data' }).click()
    await phone.getByText('Password').waitFor({ state: 'detached' })
    expectNoComplaints(person)
    await person.close()
  })

  it('Today shows status, favorites, live calls and past ones; a favorite is called and called back', async () => {
    const token = await tokenOf('admin')
    const mine = await tokenOf('user1')
    await requestJson(`${stack.url}/api/v1/favourites/1002`, { method: 'PUT', token: mine })
    const [person, admin] = [await signIn('user1', '/console/today'), await signIn('admin', '/console/today')]
    const { page } = person
    await page.getByLabel('Away').check()
    await waitUntil('the status in the stream', async () => {
      const { body } = await requestJson(`${stack.base}/sub/users-state`, { token })
      return (body.states as Record<string, { status?: string }>)['1001']?.status === 'away'
    })
    await region(page, 'My status').getByText('Away').nth(1).waitFor()
    await region(page, 'Favorites').getByRole('button', { name: /^Call/ }).click()
    await region(admin.page, 'Calls right now').getByText('1 connected, 0 ringing').waitFor()
    expect(await axeViolations(page)).toEqual([])
    const { body } = await requestJson(`${stack.url}/api/v1/calls`, { token })
    const [call] = body.calls as { id: string }[]
    await requestJson(`${stack.url}/api/v1/calls/${call?.id}/hangup`, { method: 'POST', token })
    const recent = region(page, 'My last calls').getByRole('listitem').first()
    await recent.getByRole('button', { name: /^Call/ }).click()
    await region(admin.page, 'Calls right now').getByText('1 call', { exact: true }).waitFor()
    expectNoComplaints(person)
    expectNoComplaints(admin)
    await person.close()
    await admin.close()
  })

  it('Today explains what does not work while the telephone system is away', async () => {
    const person = await signIn('user1', '/console/today')
    const { page } = person
    stack.signal('asterisk', 'SIGSTOP')
    try {
      await page.reload()
      await waitUntil('the explanation', async () => {
        await page.reload()
        await page.waitForSelector('h1')
        await page.waitForTimeout(1_000)
        return page.getByText('The telephone system does not answer').isVisible()
      })
    } finally {
      stack.signal('asterisk', 'SIGCONT')
    }
    await person.close()
  })
})
