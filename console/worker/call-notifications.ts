import { CALL_ACTIONS, type FromWorker, type RingingCall } from './worker-messages.ts'

interface CallNotificationOptions extends NotificationOptions {
  actions: { action: string; title: string }[]
}

interface CallNotifications {
  /** @param holder the id of the tab that holds the phone */
  show(calls: readonly RingingCall[], holder: string): Promise<void>
  onClick(notification: Notification, action: string): Promise<void>
}

/** Notifications of ringing calls, with buttons. */
export function createCallNotifications({
  registration,
  clients,
}: Pick<ServiceWorkerGlobalScope, 'registration' | 'clients'>): CallNotifications {
  let last = Promise.resolve()

  async function showNow(calls: readonly RingingCall[], holder: string) {
    const shown = await registration.getNotifications()
    for (const one of shown) if (!calls.some(({ key }) => key === one.tag)) one.close()
    const windows = await clients.matchAll({ type: 'window', includeUncontrolled: true })
    // The person sees it ring, in whatever tab.
    if (windows.some(({ focused }) => focused)) return
    for (const { key, title, body, answer, decline } of calls) {
      if (shown.some(({ tag }) => tag === key)) continue
      const options: CallNotificationOptions = {
        body,
        tag: key,
        icon: '/console/icons/icon-192.png',
        requireInteraction: true,
        data: { holder },
        actions: [
          { action: 'answer', title: answer },
          { action: 'decline', title: decline },
        ],
      }
      await registration.showNotification(title, options)
    }
  }

  return {
    // One after the other: the end of a call must not overtake its notification.
    show(calls, holder) {
      last = last.then(() => showNow(calls, holder)).catch(() => {})
      return last
    },
    async onClick(notification, action) {
      notification.close()
      const { holder } = notification.data as { holder: string }
      const tab = await clients.get(holder)
      // That tab was closed or loaded again, and its calls have ended with it: no other call is answered instead.
      if (!isWindow(tab)) return openAnyWindow()
      const chosen = CALL_ACTIONS.find((one) => one === action)
      if (chosen !== undefined) {
        const message: FromWorker = { type: 'call-action', key: notification.tag, action: chosen }
        tab.postMessage(message)
      }
      if (chosen !== 'decline') await focus(tab)
    },
  }

  async function openAnyWindow() {
    const [window] = await clients.matchAll({ type: 'window', includeUncontrolled: true })
    if (window === undefined) await clients.openWindow('/console/')
    else await focus(window)
  }
}

const isWindow = (client: Client | undefined): client is WindowClient => client?.type === 'window'

/** Browsers may refuse it, for instance long after the click. */
const focus = (window: WindowClient): Promise<unknown> => window.focus().catch(() => {})
