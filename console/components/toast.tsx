import { useSyncExternalStore } from 'react'
import { createStore } from '../app/store.ts'
import { useMessages } from '../i18n/messages.ts'
import { classNames, IconButton } from './button.tsx'
import { Icon } from './icon.tsx'
import { componentMessages } from './messages.ts'
import styles from './toast.module.css'

interface Toast {
  id: number
  text: string
  tone: 'info' | 'danger'
}

const toasts = createStore<readonly Toast[]>([])
const VISIBLE_MS = 6_000
let nextId = 1

/** Shows a short message over the page. Failures stay until they are closed. */
export function showToast(text: string, tone: Toast['tone'] = 'info'): void {
  const id = nextId++
  toasts.set([...toasts.get().slice(-3), { id, text, tone }])
  if (tone === 'info') setTimeout(() => close(id), VISIBLE_MS)
}

const close = (id: number) => toasts.set(toasts.get().filter((one) => one.id !== id))

export function Toasts() {
  const shown = useSyncExternalStore(toasts.subscribe, toasts.get)
  const texts = useMessages(componentMessages)
  return (
    <div className={styles.toasts} role="log" aria-live="polite">
      {shown.map(({ id, text, tone }) => (
        <div key={id} className={classNames(styles.toast, tone === 'danger' && styles.danger)}>
          <span>{text}</span>
          <IconButton label={texts.close} onClick={() => close(id)}>
            <Icon name="close" />
          </IconButton>
        </div>
      ))}
    </div>
  )
}
