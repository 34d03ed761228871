import type { Page } from 'playwright-core'
import { waitUntil } from '../stack.ts'
import type { Person } from './console-page.ts'

/** The page’s one registration. */
const REGISTRATION = '(await navigator.serviceWorker.getRegistrations())[0]'

const run = <T>(page: Page, body: string): Promise<T> => page.evaluate<T>(`(async () => { ${body} })()`)

/** Waits until the worker answers for the page. */
export const untilWorker = (page: Page): Promise<void> =>
  run(
    page,
    'while (navigator.serviceWorker.controller === null) await new Promise((go) => setTimeout(go, 100))',
  )

/** Asks the server for a newer worker. */
export const updateWorker = (page: Page): Promise<void> => run(page, `await (${REGISTRATION}).update()`)

/** Paths that the worker has under its scope: of itself, and of what it is responsible for. */
export const workerPaths = (page: Page): Promise<string[]> =>
  run(
    page,
    `const one = ${REGISTRATION}
     return [one.scope, one.active.scriptURL].map((url) => new URL(url).pathname)`,
  )

export const cacheNames = (page: Page): Promise<string[]> => run(page, 'return caches.keys()')

/** Paths with queries of all that is in any cache. */
export const cachedPaths = (page: Page): Promise<string[]> =>
  run(
    page,
    `const requests = await Promise.all(
       (await caches.keys()).map(async (name) => (await caches.open(name)).keys()))
     return requests.flat().map(({ url }) => url.slice(location.origin.length))`,
  )

/** Waits until the texts of the notifications that are shown are exactly these. */
export const untilNotified = (page: Page, ...texts: string[]): Promise<void> =>
  waitUntil(`notifications ${texts}`, async () => {
    const shown = await run<string[]>(
      page,
      `return (await (${REGISTRATION}).getNotifications()).map(({ body }) => body)`,
    )
    return shown.join() === texts.join()
  })

/**
 * Clicks a button of the one notification that is shown: headless browsers draw none.
 * @param key of another call than that of the notification
 */
export async function clickNotification(
  { context }: Person,
  action: 'answer' | 'decline',
  key?: string,
): Promise<void> {
  const [worker] = context.serviceWorkers()
  if (worker === undefined) throw new Error('the browser has no worker')
  await worker.evaluate(`(async () => {
    const [shown] = await registration.getNotifications()
    if (shown === undefined) throw new Error('no notification is shown')
    const event = new NotificationEvent('notificationclick', { notification: shown, action: '${action}' })
    const other = { value: { tag: '${key}', data: shown.data, close() {} } }
    if (${key !== undefined}) Object.defineProperty(event, 'notification', other)
    dispatchEvent(event)
  })()`)
}
