import { createCallNotifications } from './call-notifications.ts'
import { routeRequest } from './route-request.ts'
import { createShellCache } from './shell-cache.ts'
import type { FromWorker, ToWorker } from './worker-messages.ts'

declare const self: ServiceWorkerGlobalScope
/** Set by bin/build-console.mjs: the build, and the paths of all its files. */
declare const BUILD: string
declare const ASSETS: readonly string[]

/** Opens the shell without a network, and shows calls while no window of the console is in front. */
const shell = createShellCache(BUILD, ASSETS)
const notifications = createCallNotifications(self)

self.addEventListener('install', (event) => {
  // Pages of the build before go on with this worker: it stores nothing that they could misread.
  event.waitUntil(shell.fill().then(() => self.skipWaiting()))
})

self.addEventListener('activate', (event) => {
  event.waitUntil(takeOver())
})

async function takeOver() {
  await shell.deleteOthers()
  await self.clients.claim()
  const message: FromWorker = { type: 'build', build: BUILD }
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  for (const window of windows) window.postMessage(message)
}

self.addEventListener('fetch', (event) => {
  const route = routeRequest(event.request, self.location.origin)
  if (route === 'page') event.respondWith(shell.page(event.request))
  if (route === 'asset') event.respondWith(shell.asset(event.request))
})

self.addEventListener('message', (event) => {
  const { source } = event
  // Only windows of this origin have this worker.
  if (!(source instanceof WindowClient)) return
  const { type, calls } = event.data as ToWorker
  if (type === 'ringing') event.waitUntil(notifications.show(calls, source.id))
})

self.addEventListener('notificationclick', (event) => {
  event.waitUntil(notifications.onClick(event.notification, event.action))
})
