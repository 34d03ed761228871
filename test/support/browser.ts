import { chromium } from 'playwright-core'
import { findOrFetch } from '../../bin/system/programs.ts'
import { systemFolder } from './build.ts'

/** One page of a real Chromium without windows, driven by Playwright. */
export interface Browser {
  /** Opens a URL and waits for its `load` event; requests and errors recorded before are dropped. */
  open(url: string): Promise<void>
  /** Runs a script in the page and returns its result; a promise is awaited. */
  evaluate<T>(script: string): Promise<T>
  /** URLs requested since `open`, without those that a policy blocked. */
  requests(): readonly string[]
  /** Console errors, uncaught exceptions and policy violations since `open`. */
  consoleErrors(): readonly string[]
  /** A PNG of the visible part. */
  screenshot(): Promise<Buffer>
  stop(): Promise<void>
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

/** @param switches more of Chromium's own */
export async function startBrowser(switches: readonly string[] = []): Promise<Browser> {
  const { chromium: program } = await findOrFetch(systemFolder, ['chromium'], () => {})
  const browser = await chromium.launch({
    executablePath: program.path,
    // Root cannot use the sandbox, and all pages are our own.
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', ...switches],
    env: { ...process.env, ...program.env },
    timeout: TIMEOUT_MS,
  })
  const page = await browser.newPage({ viewport: { width: 1_200, height: 900 } })
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
    requests: () => [...requested].map((request) => request.url()),
    consoleErrors: () => errors,
    screenshot: () => page.screenshot(),
    stop: () => browser.close(),
  }
}
