import type { CallCard, Phone, PhoneSnapshot } from '../../../console/phone/phone-types.ts'
import type { BrowserPage } from '../browser.ts'
import { waitUntil } from '../stack.ts'

type Verb = Exclude<keyof Phone, 'subscribe' | 'getSnapshot' | 'obey' | 'setDevices'>

/** The phone in a page, used as its buttons use it. */
export interface BrowserPhone {
  /** Calls a verb of the phone; its rejection is thrown. */
  act(verb: Verb, ...args: (string | boolean)[]): Promise<unknown>
  /** Runs a script with the phone as `phone`. */
  run<T>(script: string): Promise<T>
  snapshot(): Promise<PhoneSnapshot>
  /** Calls that have not ended, as `direction state`, oldest first. */
  states(): Promise<string[]>
  card(find: (card: CallCard) => boolean): Promise<CallCard>
  untilRegistration(state: string): Promise<void>
  untilStates(...expected: string[]): Promise<void>
  /** Waits until a tone is in the speaker. */
  untilTone(hertz: number): Promise<void>
  untilNoTone(hertz: number): Promise<void>
  /** The most calls that sounded, or were sent to, at once since the last question. */
  mostVoices(): Promise<number>
}

/** Loud enough to be a tone that another end sends, in decibels of full scale. */
const TONE_DB = -60

/** @param setup a script that evaluates to the options of `createPhone` */
export async function createBrowserPhone(
  page: Pick<BrowserPage, 'evaluate'>,
  setup: string,
): Promise<BrowserPhone> {
  await page.evaluate(`(() => {
    window.phone = createPhone(${setup})
    window.mostVoices = 0
    const count = () => { window.mostVoices = Math.max(window.mostVoices, sound.voices(), sound.sending()) }
    window.phone.subscribe(count)
    setInterval(count, 5)
  })()`)
  const run = <T>(script: string) => page.evaluate<T>(script)
  const snapshot = () => run<PhoneSnapshot>('phone.getSnapshot()')
  const states = async () =>
    (await snapshot()).calls
      .filter(({ state }) => state !== 'ended')
      .map(({ direction, state }) => `${direction} ${state}`)
  const level = (hertz: number) => run<number>(`sound.level(${hertz})`)
  /** An error that shows what there was instead. */
  const until = async (what: string, condition: () => Promise<boolean>) => {
    await waitUntil(what, condition, 20_000).catch(async (err: Error) => {
      throw new Error(
        `${err.message}; instead ${JSON.stringify(await snapshot())} ${await run('sound.report()')}`,
      )
    })
  }
  return {
    act: (verb, ...args) => run(`phone.${verb}(...${JSON.stringify(args)})`),
    run,
    snapshot,
    states,
    async card(find) {
      const card = (await snapshot()).calls.find(find)
      if (card === undefined) throw new Error(`no such call: ${JSON.stringify(await snapshot())}`)
      return card
    },
    untilRegistration: (state) =>
      until(`registration ${state}`, async () => (await snapshot()).registration.state === state),
    untilStates: (...expected) =>
      until(`calls ${expected}`, async () => (await states()).join() === expected.join()),
    untilTone: (hertz) => until(`${hertz} Hz in the speaker`, async () => (await level(hertz)) > TONE_DB),
    untilNoTone: (hertz) =>
      until(`no ${hertz} Hz in the speaker`, async () => (await level(hertz)) < TONE_DB),
    async mostVoices() {
      const most = await run<number>('mostVoices')
      await run('window.mostVoices = 0')
      return most
    },
  }
}
