import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { axeViolations } from '../../support/console/axe.ts'
import {
  type ConsoleBrowser,
  expectNoComplaints,
  type Person,
  startConsoleBrowser,
} from '../../support/console/console-page.ts'
import { type Stack, startStack } from '../../support/stack.ts'

const REFUSED_REQUEST = /Failed to load resource: the server responded with a status of 4(0[0139]|12)/
/** A script that must never run, in the longest display name. */
const HOSTILE_NAME = `<img src=x onerror="window.canary=1">${'Ω'.repeat(63)}`
/** In what a client types or sends: markup, a change of the writing direction, no place to break a line. */
const HOSTILE_LOGIN = `\u202e<script>window.canary=2</script>${'x'.repeat(90)}`
const HOSTILE_AGENT = `<svg onload="window.canary=3">${'y'.repeat(470)}`
/** Extensions of people who register are to be made there, and each attempt fails. */
const UNREACHABLE_PBX = {
  HOOKSWITCH_REGISTRATION: 'open',
  HOOKSWITCH_PROVISIONER: 'freepbx',
  HOOKSWITCH_FREEPBX_URL: 'http://127.0.0.1:9',
  HOOKSWITCH_FREEPBX_CLIENT_ID: 'an-id',
  HOOKSWITCH_FREEPBX_CLIENT_SECRET: 'a-client-secret',
  HOOKSWITCH_EXTENSIONS: '2000-2099',
  HOOKSWITCH_SIP_DOMAIN: 'pbx.example.org',
}
const ADMIN_PATHS = /\/api\/v1\/(users|invitations|do-not-call|provisioning|security-log|system)/

describe('console: administration', () => {
  let stack: Stack
  let browser: ConsoleBrowser
  let admin: Person
  let page: Page
  beforeAll(async () => {
    stack = await startStack({ env: UNREACHABLE_PBX })
    browser = await startConsoleBrowser(stack.url)
    admin = await browser.openPerson()
    page = admin.page
    await admin.signIn('admin', '/console/admin')
    await rowOf('user1').waitFor()
  })
  afterAll(async () => {
    await browser?.stop()
    await stack?.stop()
  })

  const rowOf = (text: string) => page.getByRole('listitem').filter({ hasText: text })
  const dialog = () => page.getByRole('dialog')
  async function openTab(name: string) {
    await page.getByRole('tab', { name }).click()
    await page.getByRole('tab', { name, selected: true }).waitFor()
  }
  async function choose(username: string, action: string) {
    await openTab('People')
    await rowOf(username)
      .getByRole('button', { name: /^Actions for/ })
      .click()
    await page.getByRole('menuitem', { name: action }).click()
  }

  it('adds a person, who can then sign in, and shows the refusal of a name beside its field', async () => {
    await page.getByRole('button', { name: 'Add a person' }).click()
    await dialog().getByLabel('Username', { exact: true }).fill('user1')
    await dialog().getByLabel('Password', { exact: true }).fill('correct horse')
    await dialog().getByLabel('has to replace this password').uncheck()
    await dialog().getByRole('button', { name: 'Add', exact: true }).click()
    await expectText(dialog().getByRole('alert'), 'another user has this name')
    await dialog().getByLabel('Username', { exact: true }).fill('clara')
    await dialog().getByLabel('Display name').fill(HOSTILE_NAME)
    await dialog().getByLabel('An existing number').check()
    await dialog().getByLabel('Extension', { exact: true }).fill('1050')
    await dialog().getByRole('button', { name: 'Add', exact: true }).click()
    await rowOf('clara').getByText(HOSTILE_NAME).waitFor()

    const clara = await browser.openPerson()
    await clara.signIn('clara', '/', 'correct horse')
    await clara.close()
  })

  it('shows a password that was made once, and the link of an invitation', async () => {
    await page.getByRole('button', { name: 'Add a person' }).click()
    await dialog().getByLabel('Username', { exact: true }).fill('dora')
    await dialog().getByLabel('None', { exact: true }).check()
    await dialog().getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByRole('heading', { name: 'Password of dora' }).waitFor()
    expect(await dialog().textContent()).toMatch(/safe way\.[\w-]{20}Copy/)
    await dialog().getByRole('button', { name: 'Done' }).click()

    await openTab('Invitations')
    await page.getByRole('button', { name: 'Invite a person' }).click()
    await dialog().getByLabel('Email address').fill('erna@example.org')
    await dialog().getByLabel('Show me a link to hand over').check()
    await dialog().getByRole('button', { name: 'Invite', exact: true }).click()
    await dialog().getByRole('button', { name: 'Done' }).or(dialog().getByRole('alert')).waitFor()
    await dialog().getByRole('button', { name: 'Done' }).click()
    await page.getByRole('button', { name: 'Send again: erna@example.org' }).click()
    await dialog().getByLabel('Show me a link to hand over').check()
    await dialog().getByRole('button', { name: 'Send again' }).click()
    await dialog()
      .getByText(/^https?:\/\/\S+$/)
      .waitFor()
    await dialog().getByRole('button', { name: 'Done' }).click()
    await page.getByRole('button', { name: 'Cancel the invitation: erna@example.org' }).click()
    await dialog().getByText('Its link becomes invalid at once.').waitFor()
    await dialog().getByRole('button', { name: 'Cancel the invitation' }).click()
    await rowOf('erna@example.org').waitFor({ state: 'detached' })
    await send('POST', '/api/v1/invitations', { email: 'otto@example.org', deliver: 'link' })
  })

  it('changes a role, which ends the sessions of the person, as the dialog announces', async () => {
    const clara = await browser.openPerson()
    await clara.signIn('clara', '/', 'correct horse')
    await choose('clara', 'Edit')
    await dialog().getByLabel('Role').selectOption('supervisor')
    await dialog().getByText('ends all sessions').waitFor()
    await dialog().getByRole('button', { name: 'Save' }).click()
    await rowOf('clara').getByText('Supervisor').waitFor()
    await clara.page.locator('input[name=password]').waitFor()
    await clara.close()
  })

  it('shows that another administrator changed the person meanwhile, and loads again', async () => {
    await choose('clara', 'Edit')
    await dialog().getByLabel('Email address').fill('mine@example.org')
    const { id } = await findUser('clara')
    await send('PATCH', `/api/v1/users/${id}`, { email: 'theirs@example.org' })
    await dialog().getByRole('button', { name: 'Save' }).click()
    await dialog().getByText('Another administrator has changed this person').waitFor()
    await dialog().getByRole('button', { name: 'Load again' }).click()
    await dialog().getByText('Another administrator has changed').waitFor({ state: 'detached' })
    expect(await dialog().getByLabel('Email address').inputValue()).toBe('theirs@example.org')
    await dialog().getByRole('button', { name: 'Cancel' }).click()
  })

  it('shows in the words of the server that the last administrator stays one', async () => {
    await choose('admin', 'Edit')
    await dialog().getByLabel('Role').selectOption('user')
    await dialog().getByRole('button', { name: 'Save' }).click()
    await expectText(dialog().getByRole('alert'), 'this is the last administrator who can log in')
    await dialog().getByRole('button', { name: 'Cancel' }).click()
    await dialog().waitFor({ state: 'detached' })
    // The focus is on what opened the dialog.
    const focused = await page.evaluate('document.activeElement.getAttribute("aria-label")')
    expect(focused).toMatch(/^Actions for .*admin/i)
  })

  it('ends the sessions of a person, and their page shows the sign-in page', async () => {
    const clara = await browser.openPerson()
    await clara.signIn('clara', '/', 'correct horse')
    await login('clara', HOSTILE_AGENT)
    await choose('clara', 'Sessions')
    await page.getByText(HOSTILE_AGENT.slice(0, 40)).waitFor()
    await page.getByText('Chrome on Linux').waitFor()
    await page.getByRole('button', { name: 'End all' }).click()
    await dialog().getByText('signed out there at once').waitFor()
    await dialog().getByRole('button', { name: 'End all' }).click()
    await page.getByText('This person has no live session.').waitFor()
    await clara.page.locator('input[name=password]').waitFor()
    expectNoComplaints(clara, [REFUSED_REQUEST])
    await clara.close()
  })

  it('disables a person, who cannot sign in then', async () => {
    await choose('clara', 'Disable')
    await dialog().getByText('cannot sign in any more').waitFor()
    await dialog().getByRole('button', { name: 'Disable' }).click()
    await rowOf('clara').getByText('Disabled').waitFor()
    expect(await login('clara')).toBe(401)
  })

  it('lists a number that is not called, and removes it after a question', async () => {
    await openTab('Do not call')
    await page.getByRole('button', { name: 'Add a number' }).click()
    await dialog().getByLabel('Number').fill('+49 30 12345')
    await dialog().getByLabel('Note').fill('<b>asked us</b>')
    await dialog().getByRole('button', { name: 'Add', exact: true }).click()
    await rowOf('<b>asked us</b>')
      .getByRole('button', { name: /^Remove/ })
      .click()
    await dialog().getByText('may be called again at once').waitFor()
    await dialog().getByRole('button', { name: 'Remove' }).click()
    await rowOf('<b>asked us</b>').waitFor({ state: 'detached' })
  })

  it('draws only the rows near the window of a long list', async () => {
    for (let index = 0; index < 230; index++) {
      await send('POST', '/api/v1/do-not-call', { number: `+4930${100_000 + index}`, note: `row ${index}` })
    }
    await page.goto('/console/admin?tab=do-not-call')
    await page.getByText('230 entries').waitFor()
    const rows = page.locator('li[aria-setsize="230"]')
    const last = page.getByText('row 229', { exact: true })
    // The pages of the list are loaded as they come into view.
    const scrollDown = async () => {
      await page.evaluate('scrollTo(0, document.documentElement.scrollHeight)')
      return (await rows.count()) > 0 && (await last.count()) > 0
    }
    await expect.poll(scrollDown, { timeout: 20_000 }).toBe(true)
    expect(await rows.count()).toBeLessThan(100)
    await last.click({ trial: true })
  })

  it('asks for a page that is refused once, and again by a click alone', async () => {
    const NEXT_PAGE = /\/api\/v1\/do-not-call\?.*cursor=/
    let asked = 0
    await page.route(NEXT_PAGE, (route) => {
      asked += 1
      return route.fulfill({ status: 400, contentType: 'application/problem+json', body: '{}' })
    })
    await page.goto('/console/admin?tab=do-not-call')
    await page.getByText('230 entries').waitFor()
    await page.evaluate('scrollTo(0, document.documentElement.scrollHeight)')
    const retry = page.getByRole('button', { name: 'Try again' })
    await retry.scrollIntoViewIfNeeded()
    await page.waitForLoadState('networkidle')
    expect(asked).toBe(1)
    await page.unroute(NEXT_PAGE)
    await retry.click()
    await retry.waitFor({ state: 'detached' })
    await page.getByText('row 150', { exact: true }).waitFor()
  })

  it('shows all of it in the security log, by filters that are in the address', async () => {
    await login(HOSTILE_LOGIN)
    await choose('clara', 'Security log')
    for (const words of ['Person added', 'Person changed', 'Session ended', 'Signed in']) {
      await rowOf(words).first().waitFor()
    }
    expect(await rowOf('Person changed').first().textContent()).toContain('disabled=true')
    expect(await rowOf('Person added').textContent()).toMatch(/By\s*admin/)
    await page.getByRole('button', { name: 'Show all people' }).click()
    await page.getByLabel('Event', { exact: true }).selectOption('do_not_call_removed')
    await rowOf('Do not call: number removed').getByText('+493012345').waitFor()
    await page.reload()
    await rowOf('Do not call: number removed').waitFor()
    expect(await rowOf('Person added').count()).toBe(0)

    await page.getByLabel('Event', { exact: true }).selectOption('authn_login_fail')
    await rowOf('<script>window.canary=2</script>').waitFor()
  })

  it('shows extensions that the PBX does not have, and has them tried again', async () => {
    await openTab('Provisioning')
    await page.getByText('Each extension is as it should be.').waitFor()
    await send('POST', '/auth/register', { email: 'frida@example.org', password: 'correct horse' })
    await openTab('People')
    await page.getByRole('button', { name: 'Add a person' }).click()
    await dialog().getByLabel('Username', { exact: true }).fill('gerd@example.org')
    await dialog().getByLabel('Password', { exact: true }).fill('correct horse')
    expect(await dialog().getByLabel('A new one, made at the telephone system').isChecked()).toBe(true)
    await dialog().getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByText(/gerd@example\.org was added\. Extension 20\d\d is not ready yet/).waitFor()
    await openTab('Provisioning')
    await rowOf('gerd@example.org').getByText('Failing').waitFor()
    expect(await rowOf('gerd@example.org').textContent()).toMatch(/To do\s*Create.*Last error/)
    await rowOf('gerd@example.org')
      .getByRole('button', { name: /^Try again: 20\d\d/ })
      .click()
    await page.getByText(/Extension 20\d\d is tried again within seconds/).waitFor()
    await page.getByRole('button', { name: 'Try all again' }).click()
    await page.getByText('All 2 are tried again within seconds.').waitFor()
    await openTab('Security log')
    await rowOf('Provisioning tried again').nth(2).waitFor()
    expect(await page.content()).not.toContain(UNREACHABLE_PBX.HOOKSWITCH_FREEPBX_CLIENT_SECRET)
  })

  it('axe finds nothing on any tab, and in both themes in badges and the largest dialog', async () => {
    const found: string[] = []
    const check = async (search: string) => {
      await page.goto(`/console/admin${search}`)
      await page.getByRole('tabpanel').locator('li').first().waitFor()
      found.push(...(await axeViolations(page)))
    }
    for (const tab of ['sessions', 'do-not-call&q=row%2022', 'log']) await check(`?tab=${tab}`)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      for (const tab of ['invitations', 'provisioning', 'people']) await check(`?tab=${tab}`)
      await page.getByRole('button', { name: 'Add a person' }).click()
      await dialog().getByRole('button', { name: 'Add', exact: true }).click()
      await dialog().getByRole('alert').first().waitFor()
      found.push(...(await axeViolations(page)))
    }
    await page.emulateMedia({ colorScheme: 'light' })
    expect(found).toEqual([])
  })

  it('runs nothing of what others wrote, and scrolls sideways on no tab of a phone', async () => {
    await page.setViewportSize({ width: 360, height: 740 })
    for (const tab of ['people', 'sessions', 'log']) {
      await page.goto(`/console/admin?tab=${tab}`)
      await page.getByRole('listitem').first().waitFor()
      const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
      expect([tab, await page.evaluate(overflow)]).toEqual([tab, 0])
      expect(await page.locator('main img, main script, main li svg[onload]').count()).toBe(0)
    }
    expect(await page.evaluate('window.canary')).toBeUndefined()
    await page.setViewportSize({ width: 1280, height: 800 })
  })

  it('moves among the tabs by keyboard', async () => {
    await page.getByRole('tab', { name: 'Security log' }).focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    await page.getByRole('tab', { name: 'People', selected: true }).waitFor()
    expect(new URL(page.url()).searchParams.get('tab')).toMatch(/people/)
  })

  it('shows how the installation is, and copies a report', async () => {
    await admin.context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.goto('/console/system')
    await rowOf('Telephone system').getByText('Limited').waitFor()
    await rowOf('Database').getByText('Works').waitFor()
    await page.getByText('Emergency numbers').waitFor()
    await page.getByText(/^hs256-/).waitFor()
    await page.getByRole('button', { name: 'Copy a report' }).click()
    await page.getByText('The report is on the clipboard.').waitFor()
    const report = await page.evaluate<string>('navigator.clipboard.readText()')
    expect(report).toMatch(/- sql: ok: .+\n/)
    expect(report).toMatch(/- hs256-\S+ HS256 signing\n/)
    expectNoComplaints(admin, [REFUSED_REQUEST])
  })

  it('shows others that they may not, without a request of an administrator', async () => {
    const person = await browser.openPerson()
    const requests: string[] = []
    person.page.on('request', (request) => {
      if (ADMIN_PATHS.test(request.url())) requests.push(request.url())
    })
    await person.signIn('user1', '/console/admin?tab=log')
    for (const screen of ['admin', 'system']) {
      await person.page.goto(`/console/${screen}`)
      await person.page.getByText('You may not see this.').waitFor()
      await person.page.waitForLoadState('networkidle')
    }
    expect(requests).toEqual([])
    expectNoComplaints(person)
    await person.close()
  })

  async function expectText(locator: ReturnType<Page['locator']>, text: string) {
    await locator.filter({ hasText: text }).waitFor()
  }

  let token = ''
  async function send(method: string, path: string, body?: unknown) {
    token ||= await loginToken('admin')
    const answer = await fetch(stack.url + path, {
      method,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return answer
  }
  async function findUser(q: string) {
    const answer = await send('GET', `/api/v1/users?q=${q}`)
    const { users } = (await answer.json()) as { users: { id: string }[] }
    if (users[0] === undefined) throw new Error(`no user ${q}`)
    return users[0]
  }
  const loginAnswer = (username: string, userAgent: string) =>
    fetch(`${stack.base}/auth/login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'User-Agent': userAgent },
      body: JSON.stringify({ username, password: username === 'clara' ? 'correct horse' : 'password' }),
    })
  const login = async (username: string, userAgent = 'a test') =>
    (await loginAnswer(username, userAgent)).status
  async function loginToken(username: string): Promise<string> {
    const { access_token } = (await (await loginAnswer(username, 'a test')).json()) as {
      access_token: string
    }
    return access_token
  }
})
