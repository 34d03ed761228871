import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { axeViolations } from '../../support/console/axe.ts'
import {
  type ConsoleBrowser,
  expectNoComplaints,
  type Person,
  startConsoleBrowser,
} from '../../support/console/console-page.ts'
import { requestJson } from '../../support/http-client.ts'
import { type MailServer, startMailServer } from '../../support/mail-server.ts'
import { type Stack, startStack, waitUntil } from '../../support/stack.ts'

const REFUSED = /Failed to load resource: the server responded with a status of (400|401|404|409|429)/
const PASSWORD = 'correct horse'
/** Runs if a text that others wrote is read as markup. */
const MARKUP = '<img src=x onerror="window.canary=1">'

describe('console: the pages before the sign-in', () => {
  let stack: Stack
  let browser: ConsoleBrowser
  let mail: MailServer
  beforeAll(async () => {
    mail = await startMailServer()
    stack = await startStack({
      env: {
        HOOKSWITCH_SMTP_URL: `smtp://127.0.0.1:${mail.port}`,
        HOOKSWITCH_MAIL_FROM: 'Voice <voice@example.org>',
        HOOKSWITCH_MIKOPBX_LOGINS: '3',
      },
    })
    browser = await startConsoleBrowser(stack.url)
  })
  afterAll(async () => {
    await browser?.stop()
    await stack?.stop()
    await mail?.stop()
  })

  /** The link of the newest mail to an address. */
  async function mailedLink(to: string, count = 1): Promise<string> {
    await waitUntil(`mail ${count} to ${to}`, () => mail.messagesTo(to).length >= count)
    const [, link = ''] = /^ {2}(http\S+)$/m.exec(mail.messagesTo(to).at(-1)?.text ?? '') ?? []
    return link
  }
  async function open(path: string): Promise<Person> {
    const person = await browser.openPerson()
    await person.page.goto(path)
    return person
  }
  const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
  const isCanaryAlive = (page: Page) => page.evaluate('!("canary" in window)')

  it('registers by the link of a mail; its token stays out of the address bar and of all logs', async () => {
    const person = await open('/')
    const { page } = person
    await page.getByRole('link', { name: 'Create an account' }).click()
    await page.getByLabel('Email address').fill('anna@example.org')
    await page.getByLabel('Username').fill('anna.berg')
    await page.getByLabel('New password').fill('short')
    await button(page, 'Create my account').click()
    await page.getByText('The password is too short: it has 8 characters or more.').waitFor()
    await page.getByLabel('New password').fill(PASSWORD)
    await button(page, 'Create my account').click()
    await page.getByText('A mail is on its way to you').waitFor()

    const link = await mailedLink('anna@example.org')
    expect(link).toMatch(new RegExp(`^${stack.url}/console/verify#token=ver_[\\w-]{32}$`))
    await page.goto(link)
    await button(page, 'Confirm').waitFor()
    expect(page.url()).toBe(`${stack.url}/console/verify`)
    expect(await axeViolations(page)).toEqual([])
    await button(page, 'Confirm').click()
    await page.getByText('Sign in as anna.berg').waitFor()
    await page.getByRole('link', { name: 'To the sign-in page' }).click()
    await page.fill('input[name=login]', 'anna.berg')
    await page.fill('input[name=password]', PASSWORD)
    await page.keyboard.press('Enter')
    await page.waitForSelector('nav')
    expect(stack.logs()).not.toContain(link.split('=')[1])
    expectNoComplaints(person)
    await person.close()
  })

  it('resets a forgotten password by the link of a mail; the old session ends and gives the reason', async () => {
    const [person, signedIn] = [await open('/'), await browser.openPerson()]
    await signedIn.page.goto('/')
    await signedIn.page.fill('input[name=login]', 'anna@example.org')
    await signedIn.page.fill('input[name=password]', PASSWORD)
    await signedIn.page.click('button[type=submit]')
    await signedIn.page.waitForSelector('nav')

    const { page } = person
    await page.getByRole('link', { name: 'Forgot your password?' }).click()
    await page.getByLabel('Email address').fill('user2')
    await button(page, 'Send the link').click()
    await page.getByText('A username is not enough.').waitFor()
    await page.getByLabel('Email address').fill('anna@example.org')
    await button(page, 'Send the link').click()
    await page.getByText('a mail is on its way').waitFor()
    const link = await mailedLink('anna@example.org', 2)
    await page.goto(link)
    await page.getByLabel('New password').fill('battery staple')
    await button(page, 'Set the password').click()
    await page.getByText('Your new password is set').waitFor()
    await signedIn.page.getByText('the password of your account was changed').waitFor()

    await page.goto(link.replace('reset', 'reset?again'))
    await page.getByLabel('New password').fill('battery staple 2')
    await button(page, 'Set the password').click()
    await page.getByText('This link is used up').waitFor()
    expectNoComplaints(person, [REFUSED])
    expectNoComplaints(signedIn, [REFUSED])
    await person.close()
    await signedIn.close()
  })

  it('accepts an invitation, and shows a team’s name with markup as text', async () => {
    const admin = await requestJson(`${stack.url}/api/auth/login`, {
      json: { username: 'admin', password: 'password' },
    })
    const invited = await requestJson(`${stack.url}/api/auth/invite`, {
      token: String(admin.body.token),
      json: { email: 'carl@example.org', role: 'SUPERVISOR', team: MARKUP },
    })
    expect(invited.status).toBe(201)
    const person = await open(await mailedLink('carl@example.org'))
    const { page } = person
    await page.getByText(`You join as a supervisor of the team ${MARKUP}`).waitFor()
    expect(await axeViolations(page)).toEqual([])
    await page.getByLabel('Username').fill('carl')
    await page.getByLabel('New password').fill(PASSWORD)
    await button(page, 'Create my account').click()
    await page.waitForSelector('nav')
    expect(await isCanaryAlive(page)).toBe(true)
    expectNoComplaints(person)
    await person.close()
  })

  it('shows that a page could not be loaded, and loads it again by a click', async () => {
    const person = await browser.openPerson()
    const { page } = person
    await page.route('**/api/v1/sign-in-options', (route) => route.fulfill({ status: 429 }), { times: 1 })
    await page.goto('/console/register')
    await page.getByText('This could not be loaded.').waitFor()
    await button(page, 'Try again').click()
    await button(page, 'Create my account').waitFor()
    expectNoComplaints(person, [REFUSED])
    await person.close()
  })

  it('takes a code that was typed, and names one that is none', async () => {
    const person = await open('/console/invitation')
    const { page } = person
    await page.getByLabel('Code from the mail').fill(MARKUP)
    await button(page, 'Continue').click()
    await page.getByText('This is not a code').waitFor()
    await page.getByLabel('Code from the mail').fill(`inv_${'a'.repeat(32)}`)
    await button(page, 'Continue').click()
    await page.getByText('This link is used up').waitFor()
    expect(await isCanaryAlive(page)).toBe(true)
    expectNoComplaints(person, [REFUSED])
    await person.close()
  })

  it('shows a password on request, announces Caps Lock, and focuses what is to be filled in', async () => {
    const person = await open('/')
    const { page } = person
    await page.waitForSelector('input[name=login]:focus')
    await page.keyboard.type('user1')
    await page.keyboard.press('Tab')
    await page.keyboard.type('password')
    const field = page.locator('input[name=password]')
    await field.dispatchEvent('keydown', { modifierCapsLock: true })
    await page.getByText('Caps Lock is on').waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    expect(await field.getAttribute('type')).toBe('text')
    expect(await axeViolations(page)).toEqual([])
    expectNoComplaints(person)
    await person.close()
  })

  it.each([
    ['ru', 'Имя, внутренний номер или эл. почта', 'Неверное имя или пароль.'],
    ['es', 'Usuario, extensión o correo electrónico', 'El usuario o la contraseña no son correctos.'],
  ])('speaks the language that was chosen: %s', async (language, label, error) => {
    const person = await open('/')
    const { page } = person
    await page.getByLabel('Language').selectOption(language)
    await page.getByLabel(label).fill('user9')
    await page.fill('input[name=password]', 'wrong')
    await page.click('button[type=submit]')
    await page.getByText(error).waitFor()
    expect(await page.getAttribute('html', 'lang')).toBe(language)
    await person.close()
  })

  it('counts down while tries are throttled, and announces it once', async () => {
    const person = await open('/')
    const { page } = person
    await page.fill('input[name=login]', 'user2')
    await page.fill('input[name=password]', 'wrong')
    const alert = page.locator('[role=alert]', { hasText: 'Too many wrong passwords' })
    await waitUntil('the throttle', async () => {
      if (await alert.isVisible()) return true
      await page.locator('button[type=submit]:enabled').click()
      await page
        .getByText(/is wrong|Too many/)
        .first()
        .waitFor()
      return false
    })
    const announced = await alert.textContent()
    const shown = page.locator('[aria-hidden=true]', { hasText: 'Too many wrong passwords' })
    const first = await shown.textContent()
    await waitUntil('the countdown', async () => (await shown.textContent()) !== first)
    expect(await alert.textContent()).toBe(announced)
    expect(await page.locator('button[type=submit]').isDisabled()).toBe(true)
    await person.close()
  })
})
