import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Browser, startBrowser, whyBrowserUnavailable } from '../../support/browser.ts'
import { requestJson } from '../../support/http-client.ts'
import { type Stack, startStack, waitUntil } from '../../support/stack.ts'

let stack: Stack
beforeAll(async () => {
  stack = await startStack()
})
afterAll(() => stack?.stop())

const textOf = async (path: string) => (await fetch(stack.url + path)).text()
const loadedBy = (page: string) =>
  [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url = '']) => url).filter((url) => url !== 'data:,')

describe.each(['/docs', '/redoc'])('%s', (path) => {
  test('loads only its own assets and has no inline script', async () => {
    const page = await textOf(path)
    expect(loadedBy(page).length).toBeGreaterThan(1)
    expect(loadedBy(page).filter((url) => !/^\/docs\/assets\/[\w-]{16}\//.test(url))).toEqual([])
    expect(page.match(/<script(?![^>]*src=)/)).toBeNull()
  })

  test('has a Content-Security-Policy that allows this host only', async () => {
    const { headers } = await requestJson(stack.url + path)
    const policy = headers.get('content-security-policy')?.split('; ') ?? []
    expect(policy).toEqual(
      expect.arrayContaining(["default-src 'none'", "script-src 'self'", "connect-src 'self'"]),
    )
    expect(policy.join()).not.toMatch(/https?:|\*|unsafe-eval/)
    expect(headers.get('cache-control')).toBe('no-cache')
  })

  test('loads immutable assets; a URL with another hash is 404', async () => {
    const page = await textOf(path)
    for (const url of loadedBy(page)) {
      const { status, headers } = await requestJson(stack.url + url)
      expect([status, headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable'])
      const older = await requestJson(stack.url + url.replace(/[\w-]{16}\//, 'AAAAAAAAAAAAAAAA/'))
      expect([older.status, older.headers.get('cache-control')]).toEqual([404, 'no-store'])
    }
  })
})

test.each(['/docs', '/redoc'])(
  'no script of %s has an image, font or style of another host',
  async (path) => {
    for (const url of loadedBy(await textOf(path))) {
      const text = await textOf(url)
      expect(
        text.match(/https?:\/\/[\w.-]+\/[^\s"'`]*\.(?:svg|png|gif|jpe?g|ico|woff2?|ttf|css)\b/g) ?? [],
      ).toEqual([])
      expect(text).not.toMatch(/cdn\.redoc|fonts\.g/)
    }
  },
)

test.each([
  ['another file of the package', '/docs/assets/x/swagger-ui.js.map'],
  ['a file outside the package', '/docs/assets/x/..%2f..%2fpackage.json'],
  ['a name of Object.prototype', '/docs/assets/x/constructor'],
])('the assets do not serve %s', async (_, path) => {
  expect(await requestJson(stack.url + path)).toMatchObject({ status: 404 })
})

const missing = await whyBrowserUnavailable()
/** Time for a slow machine to render a page several times, in ms. */
const SLOW = 240_000
const title = missing === undefined ? 'in a browser' : `in a browser (skipped: ${missing})`
describe.skipIf(missing !== undefined)(title, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await startBrowser()
  })
  afterAll(() => browser?.stop())

  const sees = (what: string, script: string) =>
    waitUntil(what, () => browser.evaluate<boolean>(script), 60_000)
  const elsewhere = () =>
    browser.requests().filter((url) => !url.startsWith(stack.url) && /^(https?|wss?):/.test(url))
  /** Saves a screenshot if HOOKSWITCH_TEST_PICTURES is set. */
  async function keep(name: string) {
    const folder = process.env.HOOKSWITCH_TEST_PICTURES
    if (folder === undefined) return
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, `${name}.png`), await browser.screenshot())
  }

  test(
    '/docs shows the operations, and one can be tried',
    async () => {
      // Swagger UI draws its button before it works, and an early click breaks it: wait longer each time.
      const asked = () => browser.requests().some((url) => url.endsWith('/v1/health'))
      for (let seconds = 1; seconds <= 16 && !asked(); seconds *= 2) {
        await browser.open(`${stack.url}/docs#/softphone/softphoneHealth`)
        await sees('the operations', `document.querySelectorAll('.opblock-tag').length > 10`)
        await sees('the one of the link', `document.querySelector('.opblock.is-open .execute') !== null`)
        await sleep(seconds * 1_000)
        // It may still be rendering the rest of the document.
        await browser.evaluate(`new Promise((rest) => requestIdleCallback(rest)).then(() => true)`)
        await browser.evaluate(`document.querySelector('.opblock.is-open .execute').click()`)
        await waitUntil('it asks', asked, 5_000).catch(() => {})
      }
      await sees(
        'its answer',
        `[...document.querySelectorAll('.live-responses-table .response-col_status')].some(({ innerText }) => innerText.trim() === '200')`,
      )
      await keep('docs')
      expect(asked()).toBe(true)
      expect(browser.consoleErrors()).toEqual([])
      expect(elsewhere()).toEqual([])
    },
    SLOW,
  )

  test('/redoc shows the operations, and finds words in them', async () => {
    await browser.open(`${stack.url}/redoc`)
    await sees('the menu', `document.querySelectorAll('[role=menuitem]').length > 10`)
    await browser.evaluate(`(() => {
      const box = document.querySelector('input[type=text], input[type=search]')
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(box, 'attended')
      box.dispatchEvent(new Event('input', { bubbles: true }))
      box.dispatchEvent(new Event('change', { bubbles: true }))
    })()`)
    await sees('what was looked for', `document.querySelector('[data-role="search:results"]') !== null`)
    await keep('redoc')
    expect(browser.consoleErrors()).toEqual([])
    expect(elsewhere()).toEqual([])
  })

  test('a script that gets into a page does not run', async () => {
    await browser.open(`${stack.url}/docs`)
    await sees('the page', `document.querySelector('.opblock-tag') !== null`)
    await browser.evaluate(`(() => {
      const script = document.createElement('script')
      script.textContent = 'window.ran = true'
      document.body.append(script)
    })()`)
    expect(await browser.evaluate('window.ran === true')).toBe(false)
    expect(browser.consoleErrors().join()).toContain('Content Security Policy')
  })
})
