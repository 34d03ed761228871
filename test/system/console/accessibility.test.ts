import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { axeViolations } from '../../support/console/axe.ts'
import {
  type ConsoleBrowser,
  expectNoComplaints,
  type Person,
  startConsoleBrowser,
} from '../../support/console/console-page.ts'
import { openScreen, SCREENS } from '../../support/console/open-screen.ts'
import { type Stack, startStack } from '../../support/stack.ts'

/** Every language and every theme: colours do not depend on the language, nor texts on the theme. */
const APPEARANCES = [
  { language: 'en', theme: 'light' },
  { language: 'en', theme: 'dark' },
  { language: 'ru', theme: 'light' },
  { language: 'es', theme: 'light' },
] as const

describe('console: accessibility', () => {
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

  const withPerson = async (
    options: { language: 'en' | 'ru' | 'es'; theme: 'light' | 'dark' },
    run: (person: Person) => Promise<void>,
  ) => {
    const person = await browser.openPerson(options)
    await run(person)
    expectNoComplaints(person)
    await person.close()
  }

  it.each(APPEARANCES)(
    'axe finds nothing on any screen in $language, $theme',
    { timeout: 180_000 },
    async (appearance) => {
      await withPerson(appearance, async (person) => {
        const { page } = person
        await page.goto('/')
        await page.waitForSelector('input[name=login]')
        expect(await axeViolations(page)).toEqual([])
        await person.signIn('admin', '/console/me')
        const found: Record<string, string[]> = {}
        for (const screen of SCREENS) {
          await openScreen(page, screen)
          const violations = await axeViolations(page)
          if (violations.length > 0) found[screen] = violations
        }
        // No entry of the navigation leads to it.
        await page.goto('/console/dial?to=1001')
        await page.locator('main h1').waitFor()
        found.dial = await axeViolations(page)
        if (found.dial.length === 0) delete found.dial
        expect(found).toEqual({})
      })
    },
  )

  it('shows every screen at 200 % zoom and on a phone without scrolling sideways', {
    timeout: 180_000,
  }, async () => {
    // 200 % of a window of 1 280 by 800, and a small phone.
    for (const viewport of [
      { width: 640, height: 400 },
      { width: 360, height: 740 },
    ]) {
      const person = await browser.openPerson({ viewport })
      await person.signIn('admin', '/console/me')
      const wide: string[] = []
      for (const screen of SCREENS) {
        await openScreen(person.page, screen)
        const overflow = await person.page.evaluate<number>(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        )
        if (overflow > 0) wide.push(`${screen} by ${overflow} px at ${viewport.width}`)
      }
      expect(wide).toEqual([])
      await person.close()
    }
  })
})
