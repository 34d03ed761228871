import type { Locator, Page } from 'playwright-core'
import { waitUntil } from '../stack.ts'
import type { ConsoleBrowser, Person, PersonOptions } from './console-page.ts'
import { watchSound } from './page-sound.ts'

/** Loud enough to be a tone that another end sends, in decibels of full scale. */
const TONE_DB = -60

/** The dock of a page, used as a person uses it. */
export interface Dock {
  page: Page
  ready(): Promise<void>
  /** Enters a number or a name, and Enter. */
  call(text: string): Promise<void>
  /** The cards in a state of `CallState`. */
  cards(state?: string): Locator
  /** Waits until the live cards have these states, oldest first. */
  untilCalls(...states: string[]): Promise<void>
  /** Clicks a button of the one card that is in a state. */
  click(state: string, button: string): Promise<void>
  /** Waits until one call rings, and answers it. */
  answer(): Promise<void>
  /** Waits until the speaker plays the first tone, and none of the others. */
  untilSound(hertz: number, ...others: number[]): Promise<void>
  untilSilent(): Promise<void>
  /** The most calls that sounded or were sent to at once since the last question. */
  mostVoices(): Promise<number>
}

/** Permits notifications, which headless browsers do not; notes each badge, and counts voices. */
const watchAlerts = `(() => {
  window.Notification = class {
    static permission = 'granted'
    static requestPermission = async () => 'granted'
    close() {}
  }
  window.badge = 0
  navigator.setAppBadge = async (count) => { window.badge = count }
  navigator.clearAppBadge = async () => { window.badge = 0 }
  window.mostVoices = 0
  setInterval(() => { window.mostVoices = Math.max(window.mostVoices, sound.voices(), sound.sending()) }, 5)
})()`

/** A person with pages that note what sounds, and their badge. */
export async function openCaller(browser: ConsoleBrowser, options?: PersonOptions): Promise<Person> {
  const person = await browser.openPerson(options)
  await person.context.addInitScript(watchSound)
  await person.context.addInitScript(watchAlerts)
  return person
}

export function dockOf(page: Page): Dock {
  const level = (hertz: number) => page.evaluate<number>(`sound.level(${hertz})`)
  const cards = (state?: string) =>
    page.locator(state === undefined ? '[data-call-state]' : `[data-call-state="${state}"]`)
  const states = async () =>
    (await page.$$eval('[data-call-state]', (all) => all.map((one) => one.getAttribute('data-call-state'))))
      .filter((state) => state !== 'ended')
      .join()
  /** An error that shows what there was instead. */
  const until = (what: string, condition: () => Promise<boolean>) =>
    waitUntil(what, condition, 20_000).catch(async (err: Error) => {
      throw new Error(`${err.message}; instead ${await states()} ${await page.evaluate('sound.report()')}`)
    })
  const dock: Dock = {
    page,
    ready: () => page.locator('[data-state="registered"]').waitFor(),
    async call(text) {
      const field = page.locator('aside, main').getByRole('combobox', { name: 'Number or name' }).last()
      await field.fill(text)
      await field.press('Enter')
    },
    cards,
    untilCalls: (...expected) => until(`calls ${expected}`, async () => (await states()) === expected.join()),
    click: (state, button) => cards(state).getByRole('button', { name: button, exact: true }).click(),
    async answer() {
      await until('a call rings', async () => (await cards('ringing').count()) === 1)
      await dock.click('ringing', 'Answer')
    },
    untilSound: (hertz, ...others) =>
      until(`${hertz} Hz and not ${others}`, async () => {
        const [own = 0, ...rest] = await Promise.all([hertz, ...others].map(level))
        return own > TONE_DB && rest.every((one) => one < TONE_DB)
      }),
    untilSilent: () => until('silence', async () => (await page.evaluate<number>('sound.voices()')) === 0),
    async mostVoices() {
      const most = await page.evaluate<number>('mostVoices')
      await page.evaluate('mostVoices = 0')
      return most
    },
  }
  return dock
}

/** Transfers the active call in the dialog; @param how the button */
export async function transferTo(
  dock: Dock,
  number: string,
  how: 'Transfer now' | 'Ask first',
): Promise<void> {
  await dock.click('active', 'Transfer')
  const dialog = dock.page.getByRole('dialog')
  await dialog.getByRole('combobox').fill(number)
  await dialog.getByRole('button', { name: how }).click()
  await dialog.waitFor({ state: 'hidden' })
}
