import type { FromWorker, ToWorker } from '../../worker/worker-messages.ts'
import { createStore } from '../store.ts'
import { workerUrl } from './worker-url.ts'

/** Whether the server has a newer build than this page. */
export const hasNewBuild = createStore(false)

/** The first screen goes before the files that the worker stores. */
const REGISTER_AFTER_MS = 2_000
const UPDATE_INTERVAL_MS = 900_000

let registration: ServiceWorkerRegistration | undefined
let isStarted = false
const listeners = new Set<(message: FromWorker) => void>()

/**
 * Registers the service worker, once a page, and asks for a new one from time to time. Pages without TLS have none, and
 * some browsers have none in private windows: there the page works as before, with a network alone.
 */
export function startWorker(): void {
  if (isStarted || navigator.serviceWorker === undefined) return
  isStarted = true
  navigator.serviceWorker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
    // Also the first worker of all reports its build, and the one that the newest page has brought with it.
    if (data.type === 'build' && data.build !== buildOfPage()) hasNewBuild.set(true)
    for (const listener of listeners) listener(data)
  })
  setTimeout(() => void register(), REGISTER_AFTER_MS)
}

async function register() {
  try {
    registration = await navigator.serviceWorker.register(workerUrl(), {
      scope: '/console/',
      updateViaCache: 'none',
    })
  } catch {
    // Without it nothing is lost but what it adds; the next load of the page tries again.
    return
  }
  setInterval(() => void registration?.update().catch(() => {}), UPDATE_INTERVAL_MS)
}

/** @returns whether there is a worker to take it */
export function sendToWorker(message: ToWorker): boolean {
  // The one that has answered for the page is there before the page has asked for its registration.
  const worker = registration?.active ?? navigator.serviceWorker?.controller
  worker?.postMessage(message)
  return worker !== undefined && worker !== null
}

/** @returns a function that removes the listener */
export function onWorkerMessage(listener: (message: FromWorker) => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

const buildOfPage = (): string | null | undefined =>
  document.querySelector('meta[name=build]')?.getAttribute('content')
