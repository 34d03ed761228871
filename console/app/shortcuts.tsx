import { useEffect } from 'react'
import { Button } from '../components/button.tsx'
import { Dialog, DialogActions } from '../components/dialog.tsx'
import { componentMessages } from '../components/messages.ts'
import { useMessages } from '../i18n/messages.ts'
import { useStore } from './console-context.ts'
import { appMessages } from './messages.ts'
import styles from './shortcuts.module.css'
import { createStore } from './store.ts'

interface Shortcut {
  /** One key, or two one after the other: `g p`. A single character works only outside of text fields. */
  keys: string
  label: string
  run(): void
}

const shortcuts = createStore<readonly Shortcut[]>([])
const isListOpen = createStore(false)
/** Opens the list of all shortcuts, as `?` does. */
export const showShortcuts = (): void => isListOpen.set(true)
/** The second key must follow the first within this time. */
const SEQUENCE_MS = 1_200

/** Adds a shortcut while the component is shown. */
export function useShortcut(keys: string, label: string, run: () => void): void {
  useEffect(() => {
    const shortcut = { keys, label, run }
    shortcuts.set([...shortcuts.get(), shortcut])
    return () => shortcuts.set(shortcuts.get().filter((one) => one !== shortcut))
  }, [keys, label, run])
}

/** Listens for the keys of all shortcuts, and lists them after `?`. */
export function Shortcuts() {
  const texts = useMessages(appMessages)
  const { close } = useMessages(componentMessages)
  const all = useStore(shortcuts)
  const isOpen = useStore(isListOpen)

  useEffect(() => {
    let first = ''
    let firstAt = 0
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target))
        return
      if (document.querySelector('dialog[open]') !== null) return
      if (event.key === '?') {
        event.preventDefault()
        return showShortcuts()
      }
      const key = latinKey(event)
      const sequence = `${first} ${key}`
      const isSequence = Date.now() - firstAt < SEQUENCE_MS
      // The newest first: a screen’s own shortcut goes before the shell’s.
      const all = shortcuts.get()
      const found =
        (isSequence ? all.findLast(({ keys }) => keys === sequence) : undefined) ??
        all.findLast(({ keys }) => keys === key)
      first = key
      firstAt = Date.now()
      if (found === undefined) return
      event.preventDefault()
      firstAt = 0
      found.run()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [])

  if (!isOpen) return null
  return (
    <Dialog title={texts.shortcuts} onClose={() => isListOpen.set(false)}>
      <dl className={styles.list}>
        {[...all, { keys: '?', label: texts.shortcutHelp }].map(({ keys, label }) => (
          <div key={`${keys}${label}`} className={styles.row}>
            <dt>
              {keys.split(' ').map((key) => (
                <kbd key={key} className={styles.key}>
                  {key}
                </kbd>
              ))}
            </dt>
            <dd>{label}</dd>
          </div>
        ))}
      </dl>
      <DialogActions>
        <Button onClick={() => isListOpen.set(false)}>{close}</Button>
      </DialogActions>
    </Dialog>
  )
}

/** The letter on the key, also where the keyboard writes another alphabet. */
const latinKey = ({ key, code }: KeyboardEvent): string =>
  /^Key[A-Z]$/.test(code) && !/^[a-z]$/i.test(key) ? code.slice(3).toLowerCase() : key

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
