import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'
import { findOrFetch } from '../../../bin/system/programs.ts'
import { systemFolder } from '../build.ts'

/** A Chromium for the console: several people, each with their own cookies. */
export interface ConsoleBrowser {
  /** A person with a browser of their own and an empty tab. */
  openPerson(options?: PersonOptions): Promise<Person>
  stop(): Promise<void>
}

export interface PersonOptions {
  language?: 'en' | 'ru' | 'es'
  theme?: 'light' | 'dark'
  viewport?: { width: number; height: number }
}

export interface Person {
  context: BrowserContext
  page: Page
  /** Opens a path and signs in there. */
  signIn(login: string, path?: string, password?: string): Promise<void>
  /** Errors, warnings of the content policy and exceptions in any tab of this person. */
  complaints: string[]
  close(): Promise<void>
}

const TIMEOUT_MS = 30_000

/** @param url of the stack; @param flags more command line flags of Chromium */
export async function startConsoleBrowser(
  url: string,
  flags: readonly string[] = [],
): Promise<ConsoleBrowser> {
  const { chromium: program } = await findOrFetch(systemFolder, ['chromium'], () => {})
  const browser: Browser = await chromium.launch({
    executablePath: program.path,
    // Root cannot use the sandbox, and all pages are our own.
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', ...flags],
    env: { ...process.env, ...program.env },
    timeout: TIMEOUT_MS,
  })
  return {
    async openPerson({ language = 'en', theme = 'light', viewport = { width: 1280, height: 800 } } = {}) {
      const context = await browser.newContext({
        locale: language,
        colorScheme: theme,
        viewport,
        baseURL: url,
        permissions: ['microphone', 'notifications'],
      })
      context.setDefaultTimeout(TIMEOUT_MS)
      const complaints: string[] = []
      context.on('page', (page) => {
        page.on('pageerror', (err) => complaints.push(err.message))
        page.on('console', (message) => {
          if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
        })
      })
      const page = await context.newPage()
      return {
        context,
        page,
        complaints,
        async signIn(login, path = '/', password = 'password') {
          await page.goto(path)
          await page.fill('input[name=login]', login)
          await page.fill('input[name=password]', password)
          await page.click('button[type=submit]')
          await page.waitForSelector('nav')
        },
        close: () => context.close(),
      }
    },
    stop: () => browser.close(),
  }
}

/** Complaints that a test expects: the browser logs each refused request by itself. */
export const expectNoComplaints = ({ complaints }: Person, allowed: readonly RegExp[] = []): void =>
  expect(complaints.filter((text) => !allowed.some((pattern) => pattern.test(text)))).toEqual([])
