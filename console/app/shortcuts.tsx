import { useEffect, useId, useState } from 'react'
import { Button } from '../components/button.tsx'
import { Dialog, DialogActions } from '../components/dialog.tsx'
import { componentMessages } from '../components/messages.ts'
import { useMessages } from '../i18n/messages.ts'
import { useStore } from './console-context.ts'
import { appMessages } from './messages.ts'
import { areSingleKeysOn, createKeyReader, pressOf, setSingleKeys } from './shortcut-keys.ts'
import styles from './shortcuts.module.css'
import { createStore } from './store.ts'

interface Shortcut {
  /** One key, or two one after the other: `g p`. A single character works only outside of text fields; `Alt+1` in them, too. */
  keys: string
  /** Empty for a second way to what the list has already. */
  label: string
  run(): void
}

const shortcuts = createStore<readonly Shortcut[]>([])
const isListOpen = createStore(false)
/** Opens the list of all shortcuts, as `?` does. */
export const showShortcuts = (): void => isListOpen.set(true)

let pausedUntil = 0
const PAUSE_MS = 1_500
/**
 * Single keys do nothing until none has been pressed for a moment. For a text field that disappears while a person types
 * in it: the rest of their words is no order.
 */
export const pauseShortcuts = (): void => {
  pausedUntil = Date.now() + PAUSE_MS
}

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
    const reader = createKeyReader()
    const help = { keys: '?', run: showShortcuts }
    const onKeyDown = (event: KeyboardEvent) => {
      const press = pressOf(event)
      if (press === undefined || event.isComposing) return
      if (!press.isModified && isTyping(event.target)) return
      if (!press.isModified && Date.now() < pausedUntil) return pauseShortcuts()
      if (document.querySelector('dialog[open]') !== null) return
      const found = reader.find(press, [...shortcuts.get(), help], areSingleKeysOn())
      if (found === undefined) return
      event.preventDefault()
      found.run()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [])

  if (!isOpen) return null
  return (
    <Dialog title={texts.shortcuts} onClose={() => isListOpen.set(false)}>
      <dl className={styles.list}>
        {[...all.filter(({ label }) => label !== ''), { keys: '?', label: texts.shortcutHelp }].map(
          ({ keys, label }) => (
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
          ),
        )}
      </dl>
      <SingleKeysSwitch />
      <DialogActions>
        <Button onClick={() => isListOpen.set(false)}>{close}</Button>
      </DialogActions>
    </Dialog>
  )
}

function SingleKeysSwitch() {
  const texts = useMessages(appMessages)
  const [isOn, setOn] = useState(areSingleKeysOn)
  const hint = useId()
  return (
    <>
      <label className={styles.switch}>
        <input
          type="checkbox"
          checked={isOn}
          aria-describedby={hint}
          onChange={({ target }) => {
            setSingleKeys(target.checked)
            setOn(target.checked)
          }}
        />
        {texts.singleKeys}
      </label>
      <p id={hint} className={styles.hint}>
        {texts.singleKeysHint}
      </p>
    </>
  )
}

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
