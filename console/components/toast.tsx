import { useEffect, useState, useSyncExternalStore } from 'react'
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
const VISIBLE_MS = { info: 6_000, danger: 12_000 }
let nextId = 1

/** Shows a short message over the page. Failures stay longer. */
export function showToast(text: string, tone: Toast['tone'] = 'info'): void {
  toasts.set([...toasts.get().slice(-3), { id: nextId++, text, tone }])
}

const close = (id: number) => toasts.set(toasts.get().filter((one) => one.id !== id))

export function Toasts() {
  const shown = useSyncExternalStore(toasts.subscribe, toasts.get)
  return (
    <div className={styles.toasts} role="log" aria-live="polite">
      {shown.map((toast) => (
        <ShownToast key={toast.id} toast={toast} />
      ))}
    </div>
  )
}

/** Closes by itself, but not while the pointer or the focus is in it. */
function ShownToast({ toast: { id, text, tone } }: { toast: Toast }) {
  const texts = useMessages(componentMessages)
  const [isPointedAt, setPointedAt] = useState(false)
  const [hasFocus, setFocus] = useState(false)
  const isInUse = isPointedAt || hasFocus
  useEffect(() => {
    if (isInUse) return
    const timer = setTimeout(() => close(id), VISIBLE_MS[tone])
    return () => clearTimeout(timer)
  }, [id, tone, isInUse])
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only waits longer; its button is what is operated
    <div
      className={classNames(styles.toast, tone === 'danger' && styles.danger)}
      onPointerEnter={() => setPointedAt(true)}
      onPointerLeave={() => setPointedAt(false)}
      onFocus={() => setFocus(true)}
      onBlur={() => setFocus(false)}
    >
      <span>{text}</span>
      <IconButton label={texts.close} onClick={() => close(id)}>
        <Icon name="close" />
      </IconButton>
    </div>
  )
}
