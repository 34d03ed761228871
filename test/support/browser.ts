import { chromium, type Page } from 'playwright-core'
import { findOrFetch } from '../../bin/system/programs.ts'
import { systemFolder } from './build.ts'

/** A page of a real Chromium without windows, driven by Playwright. */
export interface BrowserPage {
  /** Opens a URL and waits for its `load` event; requests and errors recorded before are dropped. */
  open(url: string): Promise<void>
  /** Runs a script in the page and returns its result; a promise is awaited. */
  evaluate<T>(script: string): Promise<T>
  /** Makes a function of the test callable in the page, as `window[name]`; before `open`. */
  expose(name: string, implementation: (...args: string[]) => unknown): Promise<void>
  /** Runs a script in each page before the scripts of the page itself. */
  runFirst(script: string): Promise<void>
  /** URLs requested since `open`, without those that a policy blocked. */
  requests(): readonly string[]
  /** Console errors, uncaught exceptions and policy violations since `open`. */
  consoleErrors(): readonly string[]
  /** A PNG of the visible part. */
  screenshot(): Promise<Buffer>
  /** Closes the page, with the cookies and storage it has for itself. */
  close(): Promise<void>
}

/** Its first page, and more pages beside it. */
export interface Browser extends Omit<BrowserPage, 'close'> {
  /** A page in a context of its own, as another person's browser. */
  newPage(): Promise<BrowserPage>
  stop(): Promise<void>
}

export interface BrowserOptions {
  /** More flags of Chromium. */
  args?: readonly string[]
}

/** A page answers nothing while it is rendered: Swagger UI takes many seconds on a slow machine. */
const TIMEOUT_MS = 60_000

/** @returns why no browser can be started, or undefined */
export async function whyBrowserUnavailable(): Promise<string | undefined> {
  return findOrFetch(systemFolder, ['chromium'], (line) => console.log(line)).then(
    () => undefined,
    (err: Error) => err.message,
  )
}

export async function startBrowser({ args = [] }: BrowserOptions = {}): Promise<Browser> {
  const { chromium: program } = await findOrFetch(systemFolder, ['chromium'], () => {})
  const browser = await chromium.launch({
    executablePath: program.path,
    // Root cannot use the sandbox, and all pages are our own.
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', ...args],
    env: { ...process.env, ...program.env },
    timeout: TIMEOUT_MS,
  })
  const newPage = async () => {
    const context = await browser.newContext({
      viewport: { width: 1_200, height: 900 },
    })
    return drive(await context.newPage())
  }
  const { close: _, ...first } = await newPage()
  return { ...first, newPage, stop: () => browser.close() }
}

function drive(page: Page): BrowserPage {
  page.setDefaultTimeout(TIMEOUT_MS)
  const requested = new Set<{ url(): string }>()
  const errors: string[] = []
  page.on('request', (request) => requested.add(request))
  page.on('requestfailed', (request) => {
    if (/csp|blocked/i.test(request.failure()?.errorText ?? '')) requested.delete(request)
  })
  page.on('pageerror', (err) => errors.push(err.message))
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  return {
    async open(url) {
      // A URL that differs only by its fragment would load nothing.
      await page.goto('about:blank')
      requested.clear()
      errors.length = 0
      await page.goto(url, { waitUntil: 'load' })
    },
    evaluate: <T>(script: string) => page.evaluate<T>(script),
    expose: async (name, implementation) => void (await page.exposeFunction(name, implementation)),
    runFirst: async (script) => void (await page.addInitScript(script)),
    requests: () => [...requested].map((request) => request.url()),
    consoleErrors: () => errors,
    screenshot: () => page.screenshot(),
    close: () => page.context().close(),
  }
}
