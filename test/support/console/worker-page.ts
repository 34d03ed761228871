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

/**
 * From now on the worker's notifications are in a list: headless browsers permit none. No window counts as being in front,
 * and the ids of those that the worker brings to the front are noted: browsers permit that after a real click alone.
 */
export const watchNotifications = (person: Person): Promise<void> =>
  workerOf(person).evaluate(`(() => {
    self.shown = []
    registration.getNotifications = async () => [...shown]
    registration.showNotification = async (title, options) => {
      const one = { ...options, title, close: () => { self.shown = shown.filter((other) => other !== one) } }
      shown.push(one)
    }
    self.broughtToFront = []
    WindowClient.prototype.focus = async function () { broughtToFront.push(this.id) }
    Object.defineProperty(WindowClient.prototype, 'focused', { get: () => self.isInFront === true })
  })()`)

/** Whether the worker finds a window of the console in front. */
export const setInFront = (person: Person, isInFront: boolean): Promise<void> =>
  workerOf(person).evaluate(`void (self.isInFront = ${isInFront})`)

/** Waits until the notifications that are shown have exactly these texts. */
export const untilNotified = (person: Person, ...texts: string[]): Promise<void> =>
  waitUntil(`notifications ${texts}`, async () => {
    const shown = await workerOf(person).evaluate<string[]>('shown.map(({ body }) => body)')
    return shown.join() === texts.join()
  })

/** How many windows the worker has brought to the front, and whether each was the one with the phone. */
export const broughtToFront = (person: Person): Promise<boolean[]> =>
  workerOf(person).evaluate<boolean[]>('broughtToFront.map((id) => id === self.holder)')

/** The names of the buttons of the one notification that is shown. */
export const notificationButtons = (person: Person): Promise<string[]> =>
  workerOf(person).evaluate<string[]>('shown[0].actions.map(({ title }) => title)')

/**
 * Clicks a button of the one notification that is shown, as the browser does.
 * @param key of another call than that of the notification
 */
export const clickNotification = (
  person: Person,
  action: 'answer' | 'decline',
  key?: string,
): Promise<void> =>
  workerOf(person).evaluate(`(() => {
    const [first] = shown
    const notification = ${key === undefined} ? first : { tag: '${key}', data: first.data, close() {} }
    self.holder = first.data.holder
    const members = { notification, action: '${action}', waitUntil() {} }
    dispatchEvent(Object.assign(new Event('notificationclick'), members))
  })()`)

function workerOf({ context }: Person) {
  const [worker] = context.serviceWorkers()
  if (worker === undefined) throw new Error('the browser has no worker')
  return worker
}
