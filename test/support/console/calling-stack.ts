import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { login, requestJson } from '../http-client.ts'
import { type Phone, startPhone } from '../phone.ts'
import { type Stack, startStack, waitUntil } from '../stack.ts'
import { type AmiCalls, connectAmiCalls } from './ami-calls.ts'
import { type Dock, dockOf, openCaller } from './calling-person.ts'
import { type ConsoleBrowser, type Person, startConsoleBrowser } from './console-page.ts'
import { tonesSentTo } from './far-end.ts'
import { type CuttableWay, openCuttableWay } from './network-cut.ts'
import { pbxOf, pbxPorts, type StackPbx } from './stack-pbx.ts'
import { writeToneFile } from './tone-file.ts'

/**
 * Tones, in hertz: of the browsers of user3 (1003) and admin (1000), of the phones of user1 (1001) and user2 (1002), and
 * of the desk phone 201.
 */
export const TONES = { carl: 740, dora: 1_100, alice: 440, bob: 660, desk: 350 }

/** A whole stack with two people at browsers of their own, and three SIP phones. */
export interface CallingStack {
  stack: Stack
  pbx: StackPbx
  ami: AmiCalls
  /** Between Carl's browser and the stack. */
  way: CuttableWay
  carl: Dock
  dora: Dock
  people: readonly Person[]
  desk: Phone
  tokens: Record<'user1' | 'user2' | 'user3', string>
  /** The phone of a user rings first, and then the number. */
  placeCall(user: 'user1' | 'user2', number: string): Promise<void>
  /** @returns the part of the time, 0 to 1, that a phone is sent a tone */
  partSent(extension: string, hertz: number): Promise<number>
  /** Where browsers of Carl are registered. */
  contacts(): Promise<string[]>
  /** Outcomes of Carl’s calls since an ISO time, sorted. */
  outcomesSince(from: string): Promise<string[]>
  untilIdle(): Promise<void>
  stop(): Promise<void>
}

export async function startCallingStack(): Promise<CallingStack> {
  const folder = mkdtempSync(join(tmpdir(), 'tones-'))
  const ports = await pbxPorts()
  const stack = await startStack({ pbx: true, env: ports })
  const pbx = await pbxOf(stack, ports)
  const way = await openCuttableWay(stack.url)
  const [ami, desk, ...browsers] = await Promise.all([
    connectAmiCalls(pbx),
    startPhone(pbx, '201', { tone: TONES.desk }),
    startBrowser(folder, way.url, TONES.carl),
    startBrowser(folder, stack.url, TONES.dora),
  ])
  const [user1 = '', user2 = '', user3 = ''] = await Promise.all(
    ['user1', 'user2', 'user3'].map(async (user) => (await login(stack, user)).access),
  )
  const tokens = { user1, user2, user3 }
  const people = await Promise.all(browsers.map((browser) => openCaller(browser)))
  await Promise.all([people[0]?.signIn('user3'), people[1]?.signIn('admin')])
  // There are two.
  const [carl, dora] = people.map(({ page }) => dockOf(page)) as [Dock, Dock]
  await Promise.all([carl.ready(), dora.ready()])
  return {
    ...{ stack, pbx, ami, way, carl, dora, people, desk, tokens },
    async placeCall(user, number) {
      const { status } = await requestJson(`${stack.url}/api/v1/calls`, {
        token: tokens[user],
        json: { number },
      })
      if (status !== 202) throw new Error(`the call was refused: ${status}`)
    },
    partSent: async (extension, hertz) => (await tonesSentTo(pbx, extension, hertz))[0] ?? 0,
    contacts: async () =>
      [...(await pbx.cli('pjsip show contacts')).matchAll(/Contact: {2}1003-web\/(\S+)/g)].map(
        ([, uri = '']) => uri,
      ),
    async outcomesSince(from) {
      const { body } = await requestJson(`${stack.url}/api/v1/calls/history?from=${from}`, { token: user3 })
      return (body.calls as { outcome: string }[]).map(({ outcome }) => outcome).sort()
    },
    untilIdle: () =>
      waitUntil('no call', async () => /^0 active channels/m.test(await pbx.cli('core show channels'))),
    async stop() {
      await Promise.all(browsers.map((browser) => browser.stop()))
      await Promise.all([desk.stop(), ami.close(), way.stop()])
      await stack.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Alice calls Carl, who answers at one of his pages. */
export async function answerAlice(all: CallingStack, page: Dock): Promise<void> {
  await all.placeCall('user1', '1003')
  await page.answer()
  await page.untilSound(TONES.alice)
}

function startBrowser(folder: string, url: string, hertz: number): Promise<ConsoleBrowser> {
  const tone = join(folder, `${hertz}.wav`)
  writeToneFile(tone, hertz)
  return startConsoleBrowser(url, [
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    `--use-file-for-fake-audio-capture=${tone}`,
    '--autoplay-policy=no-user-gesture-required',
  ])
}
