import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { whyAsteriskUnavailable } from '../../support/asterisk.ts'
import { type Dock, dockOf, openCaller } from '../../support/console/calling-person.ts'
import {
  type ConsoleBrowser,
  expectNoComplaints,
  type Person,
  startConsoleBrowser,
} from '../../support/console/console-page.ts'
import { type ConsoleWay, openConsoleWay } from '../../support/console/console-way.ts'
import { pbxPorts } from '../../support/console/stack-pbx.ts'
import {
  broughtToFront,
  cachedPaths,
  cacheNames,
  clickNotification,
  notificationButtons,
  setInFront,
  untilNotified,
  untilWorker,
  updateWorker,
  watchNotifications,
  workerPaths,
} from '../../support/console/worker-page.ts'
import { login, requestJson } from '../../support/http-client.ts'
import { type Stack, startStack, waitUntil } from '../../support/stack.ts'

const missing = await whyAsteriskUnavailable()
const title = missing === undefined ? 'console: installable' : `console: installable (skipped: ${missing})`
/** The browser logs each request that fails by itself. */
const NO_NETWORK = /net::ERR_|Failed to load resource|WebSocket connection/

describe.skipIf(missing !== undefined)(title, () => {
  let stack: Stack
  let way: ConsoleWay
  let browser: ConsoleBrowser
  let carl: Person
  let dock: Dock
  let token: string
  beforeAll(async () => {
    stack = await startStack({ pbx: true, env: await pbxPorts() })
    way = await openConsoleWay(stack.url)
    browser = await startConsoleBrowser(way.url, [
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
    ])
    carl = await openCaller(browser)
    // A page at `/` is outside of the worker’s scope until its next load.
    await carl.signIn('user3', '/console/')
    dock = dockOf(carl.page)
    await untilWorker(carl.page)
    token = (await login(stack, 'user1')).access
  })
  afterAll(async () => {
    await browser?.stop()
    await way?.stop()
    await stack?.stop()
  })

  /** The phone of user1, which answers by itself, calls Carl. */
  async function ringCarl(): Promise<{ hangUp(): Promise<unknown> }> {
    const { status, body } = await requestJson(`${stack.url}/api/v1/calls`, {
      token,
      json: { number: '1003' },
    })
    expect(status).toBe(202)
    await dock.untilCalls('ringing')
    return {
      hangUp: () => requestJson(`${stack.url}/api/v1/calls/${body.id}/hangup`, { token, method: 'POST' }),
    }
  }

  it('registers the worker under the content policy without a complaint, and the browser could install the page', async () => {
    const { page, context } = carl
    expect(await workerPaths(page)).toEqual(['/console/', '/console/service-worker.js'])
    const worker = await fetch(`${stack.url}/console/service-worker.js`)
    expect(worker.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(worker.headers.get('cache-control')).toBe('no-cache')
    expect(worker.headers.get('content-security-policy')).toContain("worker-src 'self'")

    const cdp = await context.newCDPSession(page)
    const { installabilityErrors } = await cdp.send('Page.getInstallabilityErrors')
    await cdp.detach()
    // Each person of a test has a private window.
    expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([])
    for (const language of ['en', 'ru', 'es']) {
      const manifest = await fetch(`${stack.url}/console/manifest.${language}.webmanifest`)
      expect(manifest.headers.get('content-type')).toBe('application/manifest+json')
      const { icons } = (await manifest.json()) as { icons: { src: string; type: string }[] }
      for (const { src, type } of icons)
        expect((await fetch(stack.url + src)).headers.get('content-type')).toContain(type)
    }
    expectNoComplaints(carl)
  })

  it('refuses every script URL but that of its worker', async () => {
    // The page has made the one policy that the content policy permits, and no text becomes code without one.
    for (const script of [
      `trustedTypes.createPolicy('hookswitch', { createScriptURL: (url) => url })`,
      `navigator.serviceWorker.register('/console/service-worker.js')`,
      `document.createElement('script').src = '/console/assets/x.js'`,
    ])
      await expect(carl.page.evaluate(script)).rejects.toThrow(/trusted|policy/i)
    carl.complaints.length = 0
  })

  it('stores the files of the shell, and no answer of the API', async () => {
    const { page } = carl
    for (const screen of ['people', 'history', 'me', 'today']) {
      await page.goto(`/console/${screen}`)
      await page.locator('main h1').first().waitFor()
      await page.waitForLoadState('networkidle')
    }
    const urls = await cachedPaths(page)
    expect(urls.length).toBeGreaterThan(20)
    expect(
      urls.filter(
        (path) => !/^\/console\/(assets\/[\w.-]+|icons\/[\w.-]+|icon\.svg|index\.html)$/.test(path),
      ),
    ).toEqual([])
    expectNoComplaints(carl)
  })

  it('opens without a network, reports that, and goes on signed in when the network is back', async () => {
    const { page, context } = carl
    way.cut()
    await context.setOffline(true)
    try {
      await page.reload()
      await page.getByText('You are offline').waitFor()
      await context.setOffline(false)
      // The computer has a network, but the server does not answer.
      await page.getByText('The server does not answer').waitFor()
      expect(await page.locator('input[name=password]').count()).toBe(0)
    } finally {
      await context.setOffline(false)
      way.restore()
    }
    await page.waitForSelector('nav')
    await page.locator('main h1').first().waitFor()
    expectNoComplaints(carl, [NO_NETWORK])
    carl.complaints.length = 0
  })

  describe('the notification of a call', () => {
    beforeAll(() => watchNotifications(carl))

    it('has buttons, answers the call that it names, and closes', async () => {
      await dock.ready()
      const { hangUp } = await ringCarl()
      await untilNotified(carl, 'Call from user1')
      expect(await notificationButtons(carl)).toEqual(['Answer', 'Decline'])
      // Another tab shows the call too, but does not hold the phone.
      const other = await carl.context.newPage()
      await other.goto('/console/today')
      await other.locator('[data-call-state=ringing]').waitFor()
      // A click that comes late names another call.
      await clickNotification(carl, 'answer', 'another-call')
      await dock.untilCalls('ringing')
      await clickNotification(carl, 'answer')
      await dock.untilCalls('active')
      await untilNotified(carl)
      expect(await broughtToFront(carl)).toEqual([true, true])
      await other.close()
      await hangUp()
      await dock.untilCalls()
    })

    it('is not shown while a window of the console is in front', async () => {
      await setInFront(carl, true)
      const { hangUp } = await ringCarl()
      await carl.page.waitForTimeout(1_000)
      await untilNotified(carl)
      await setInFront(carl, false)
      await hangUp()
      await dock.untilCalls()
    })

    it('declines', async () => {
      await ringCarl()
      await untilNotified(carl, 'Call from user1')
      await clickNotification(carl, 'decline')
      await dock.untilCalls()
    })

    it('shows no name where the person turned that off, and closes when the call ends', async () => {
      const { page } = carl
      await page.keyboard.press('g')
      await page.keyboard.press('m')
      const names = page.getByRole('checkbox', { name: 'Show the caller’s name' })
      await names.uncheck()
      const { hangUp } = await ringCarl()
      await untilNotified(carl, 'Incoming call')
      await hangUp()
      await dock.untilCalls()
      await untilNotified(carl)
      await names.check()
    })
  })

  it('counts missed calls in the navigation, the title and the icon of all tabs, until they are seen in one', async () => {
    const { page, context } = carl
    await waitUntil('a count in the title', async () => /^\(\d+\) /.test(await page.title()))
    expect(await page.evaluate('badge')).toBeGreaterThan(0)
    await page.getByRole('link', { name: /^History.*, \d+ missed calls?$/ }).waitFor()
    expect(await page.locator('link[rel=icon]').getAttribute('href')).toMatch(/^data:image\/svg\+xml,/)
    const other = await context.newPage()
    await other.goto('/console/history')
    await other.locator('main h1').waitFor()
    for (const tab of [page, other]) {
      await waitUntil('an icon without a count', async () => {
        const icon = await tab.locator('link[rel=icon]').getAttribute('href')
        return icon === '/console/icon.svg' && !(await tab.title()).startsWith('(')
      })
      await tab.getByRole('link', { name: 'History', exact: true }).waitFor()
      expect(await tab.evaluate('badge')).toBe(0)
    }
    await other.close()
    expectNoComplaints(carl)
  })

  it('fills the phone from a link, and does not dial before a click', async () => {
    const dialer = await carl.context.newPage()
    const orders: string[] = []
    carl.context.on('request', (request) => {
      if (request.method() === 'POST' && request.url().endsWith('/api/v1/calls')) orders.push(request.url())
    })
    await dialer.goto(`/console/dial?to=${encodeURIComponent('tel:10-02;ext=99;phone-context=+49')}`)
    const field = dialer.getByRole('combobox', { name: 'Number or name' })
    await waitUntil('the number is in the field', async () => (await field.inputValue()) === '1002')
    // A key that was meant for another window does not call either.
    await dialer.keyboard.press('Enter')
    await dialer.keyboard.press('Space')
    await dialer.waitForTimeout(1_000)
    expect(orders).toEqual([])
    await dialer.getByRole('main').getByRole('button', { name: 'Call' }).click()
    await dock.untilCalls('active')
    expect(orders).toHaveLength(1)
    await dock.click('active', 'Hang up')
    await dock.untilCalls()
    await dialer.close()
  })

  it('shows what a hostile link holds as text, and fills in nothing', async () => {
    const hostile = await carl.context.newPage()
    for (const to of [
      '<img src=x onerror=alert(1)>',
      'javascript:alert(1)',
      'sip:1002@evil.example',
      '*21*1002#',
    ]) {
      await hostile.goto(`/console/dial?to=${encodeURIComponent(to)}`)
      await hostile.getByText('holds no phone number').waitFor()
      await hostile.getByText(to, { exact: true }).waitFor()
      expect(await hostile.locator('main img').count()).toBe(0)
      expect(await hostile.getByRole('combobox', { name: 'Number or name' }).inputValue()).toBe('')
    }
    await hostile.close()
    expectNoComplaints(carl)
  })

  it('has a bar of four screens and a menu with the others in narrow windows, by keyboard', async () => {
    const { page } = carl
    await page.setViewportSize({ width: 390, height: 844 })
    const bar = page.getByRole('navigation')
    expect(await bar.getByRole('link').count()).toBeLessThanOrEqual(4)
    await bar.getByRole('button', { name: 'More' }).focus()
    await page.keyboard.press('Enter')
    const items = page.getByRole('menuitem')
    expect((await items.allTextContents()).at(-1)).toBe('Me')
    await page.keyboard.press('End')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/console/me')
    await page.setViewportSize({ width: 1280, height: 800 })
    await bar.getByRole('list', { name: 'Phone', exact: true }).waitFor()
    expect(await bar.getByRole('button', { name: 'More' }).isVisible()).toBe(false)
  })

  it('offers to be installed where the browser can, once as a hint, and always under Me', async () => {
    const { page } = carl
    await page.evaluate(`(() => {
      const event = new Event('beforeinstallprompt', { cancelable: true })
      event.prompt = async () => { window.prompted = true; return { outcome: 'dismissed' } }
      dispatchEvent(event)
    })()`)
    await page.getByRole('button', { name: 'Not now' }).click()
    await page.getByText('Hookswitch can be installed').waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: 'Install Hookswitch' }).click()
    expect(await page.evaluate('prompted')).toBe(true)
    await page.evaluate(`navigator.registerProtocolHandler = (...all) => { window.handler = all }`)
    await page.getByRole('button', { name: 'Open phone numbers here' }).click()
    expect(await page.evaluate('handler')).toEqual(['tel', '/console/dial?to=%s'])
  })

  it('offers a new build, not during a call, loads it by a click, and deletes the files of the old one', async () => {
    const { page } = carl
    const [before] = await cacheNames(page)
    const { hangUp } = await ringCarl()
    way.deploy('0123456789abcdef')
    await updateWorker(page)
    await page.getByText('It can be loaded after the call').waitFor()
    await hangUp()
    await dock.untilCalls()
    const load = page.getByRole('button', { name: 'Load the new version' })
    await load.waitFor()
    expect(await cacheNames(page)).toEqual(['hookswitch-shell-0123456789abcdef'])
    expect(before).not.toBe('hookswitch-shell-0123456789abcdef')
    await Promise.all([page.waitForEvent('load'), load.click()])
    await page.waitForSelector('nav')
    expect(await page.locator('meta[name=build]').getAttribute('content')).toBe('0123456789abcdef')
    await page.waitForTimeout(500)
    expect(await load.count()).toBe(0)
  })
})
