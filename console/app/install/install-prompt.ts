import { createStore } from '../store.ts'

/** Chromium’s `beforeinstallprompt`; other browsers offer the installation in their own menu alone. */
interface InstallPrompt extends Event {
  prompt(): Promise<{ outcome: 'accepted' | 'dismissed' }>
}

/** Set while the browser can install the page. */
export const installPrompt = createStore<InstallPrompt | undefined>(undefined)

const HINT_KEY = 'hookswitch.install-hint'
/** Whether the hint was neither used nor dismissed in this browser. */
export const isInstallHintWanted = createStore(localStorage.getItem(HINT_KEY) === null)

export function dismissInstallHint(): void {
  localStorage.setItem(HINT_KEY, 'seen')
  isInstallHintWanted.set(false)
}

/** The event comes once, and early. */
export function watchInstallPrompt(): void {
  window.addEventListener('beforeinstallprompt', (event) => {
    // The page offers it at a place of its own.
    event.preventDefault()
    installPrompt.set(event as InstallPrompt)
  })
  window.addEventListener('appinstalled', () => installPrompt.set(undefined))
}

/** Shows the browser’s own question. It works once for each event. */
export async function install(): Promise<void> {
  const event = installPrompt.get()
  installPrompt.set(undefined)
  dismissInstallHint()
  await event?.prompt()
}
