import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { findOrFetch } from '../../bin/system/programs.ts'
import { systemFolder } from './build.ts'
import { waitUntil } from './stack.ts'

/** One page of a real Chromium without windows, spoken to by its own protocol over pipes. */
export interface Browser {
  /** Goes there, in a page of its own; what was seen before is forgotten. */
  open(url: string): Promise<void>
  /** Runs a script in the page, and waits where it promises. */
  evaluate<T>(script: string): Promise<T>
  /** What it asked for since `open`, and was not kept from by a policy. */
  requests(): readonly string[]
  /** What it complained of since `open`: errors, and whatever a policy forbade. */
  consoleErrors(): readonly string[]
  /** A PNG of what can be seen. */
  screenshot(): Promise<Buffer>
  stop(): Promise<void>
}

interface CdpMessage {
  id?: number
  method?: string
  params?: Record<string, unknown>
  result?: Record<string, unknown>
  error?: { message: string }
}

/** A page that is being drawn answers nothing until it is: on a slow machine Swagger UI takes many seconds. */
const REPLY_TIMEOUT_MS = 60_000

/** @returns why there is no browser to be had, or undefined */
export async function whyBrowserUnavailable(): Promise<string | undefined> {
  return findOrFetch(systemFolder, ['chromium'], (line) => console.log(line)).then(
    () => undefined,
    (err: Error) => err.message,
  )
}

export async function startBrowser(): Promise<Browser> {
  const { chromium } = await findOrFetch(systemFolder, ['chromium'], () => {})
  const profile = mkdtempSync(join(tmpdir(), 'browser-'))
  const child = spawn(
    chromium.path,
    // Root has no sandbox to give, and the only pages are our own.
    [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--window-size=1200,900',
      '--remote-debugging-pipe',
      `--user-data-dir=${profile}`,
      'about:blank',
    ],
    {
      env: { ...process.env, ...chromium.env },
      detached: true,
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    },
  )
  const events: CdpMessage[] = []
  const send = connectCdp(child, (told) => events.push(told))
  const { targetInfos } = (await send('Target.getTargets')) as {
    targetInfos: { targetId: string; type: string }[]
  }
  const page = targetInfos.find(({ type }) => type === 'page')
  const attached = await send('Target.attachToTarget', { targetId: page?.targetId, flatten: true })
  const sessionId = String(attached.sessionId)
  const ask = (method: string, params = {}) => send(method, params, sessionId)
  for (const domain of ['Page', 'Network', 'Log', 'Runtime']) await ask(`${domain}.enable`)

  return {
    async open(url) {
      // Another fragment of the same page would load nothing.
      await ask('Page.navigate', { url: 'about:blank' })
      events.length = 0
      await ask('Page.navigate', { url })
      // What is asked of a page that is about to go may never be answered.
      await waitUntil('the page is loaded', () =>
        events.some(({ method }) => method === 'Page.loadEventFired'),
      )
    },
    async evaluate<T>(expression: string) {
      const answer = ask('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })
      const late = sleep(REPLY_TIMEOUT_MS).then(() => Promise.reject(new Error(`no answer to ${expression}`)))
      const { result, exceptionDetails } = (await Promise.race([answer, late])) as {
        result: { value: T }
        exceptionDetails?: { text: string }
      }
      if (exceptionDetails !== undefined) throw new Error(`${expression}: ${exceptionDetails.text}`)
      return result.value
    },
    requests() {
      const blockedEvents = events.filter(
        ({ method, params }) => method === 'Network.loadingFailed' && params?.blockedReason,
      )
      const blocked = blockedEvents.map(({ params }) => params?.requestId)
      return events
        .filter(
          ({ method, params }) =>
            method === 'Network.requestWillBeSent' && !blocked.includes(params?.requestId),
        )
        .map(({ params }) => (params as { request: { url: string } }).request.url) // of the protocol
    },
    consoleErrors: () =>
      events.flatMap(({ method, params }) => {
        if (method === 'Runtime.exceptionThrown')
          return [JSON.stringify(params?.exceptionDetails).slice(0, 500)]
        const entry =
          method === 'Log.entryAdded' ? (params?.entry as { level: string; text: string }) : undefined // of the protocol
        return entry?.level === 'error' ? [entry.text] : []
      }),
    screenshot: async () =>
      Buffer.from(String((await ask('Page.captureScreenshot', { format: 'png' })).data), 'base64'),
    async stop() {
      const gone = new Promise((resolve) => child.once('close', resolve))
      // With the processes it has started: they write into its folder until they end, a moment later.
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
      await gone
      await waitUntil('its folder is gone', () => isRemoved(profile))
    },
  }
}

function isRemoved(folder: string): boolean {
  try {
    rmSync(folder, { recursive: true, force: true })
    return true
  } catch {
    return false // something was written meanwhile
  }
}

/** Its protocol on descriptors 3 and 4: JSON, each ended by a zero byte. */
function connectCdp(child: ChildProcess, onEvent: (told: CdpMessage) => void) {
  const [, , , to, from] = child.stdio as unknown as [null, null, null, Writable, Readable] // as spawned above
  const waiting = new Map<number, (told: CdpMessage) => void>()
  let last = 0
  let text = ''
  from.setEncoding('utf8').on('data', (piece: string) => {
    text += piece
    const parts = text.split('\0')
    text = parts.pop() ?? ''
    for (const part of parts) {
      const told = JSON.parse(part) as CdpMessage // the protocol's
      if (told.id === undefined) onEvent(told)
      else waiting.get(told.id)?.(told)
    }
  })
  return (method: string, params: object = {}, sessionId?: string) =>
    new Promise<Record<string, unknown>>((resolve, reject) => {
      last += 1
      waiting.set(last, ({ result = {}, error }) =>
        error ? reject(new Error(error.message)) : resolve(result),
      )
      to.write(`${JSON.stringify({ id: last, method, params, ...(sessionId && { sessionId }) })}\0`)
    })
}
