import { type RefObject, useCallback, useLayoutEffect, useRef } from 'react'
import { MODIFIER } from '../../../app/shortcut-keys.ts'
import { pauseShortcuts, useShortcut } from '../../../app/shortcuts.tsx'
import { Labelled } from '../../../components/field.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import styles from '../desk.module.css'
import { deskMessages } from '../messages.ts'
import type { SaveState } from './notes-sync.ts'

/** What the server takes. */
const MAX_LENGTH = 10_000
/** Longer without a key: the agent is not in the middle of a word. */
const TYPING_MS = 2_000

interface NotesFieldProps {
  field: RefObject<HTMLTextAreaElement | null>
  text: string
  /** Undefined while nothing has been typed. */
  state: SaveState | undefined
  onType(text: string): void
  /** Esc: the keys 1 to 9 choose an outcome again. */
  onLeave(): void
}

export function NotesField({ field, text, state, onType, onLeave }: NotesFieldProps) {
  const { notes: texts } = useMessages(deskMessages)
  useShortcut(
    'n',
    texts.shortcut,
    useCallback(() => {
      const { current } = field
      current?.focus()
      current?.setSelectionRange(current.value.length, current.value.length)
    }, [field]),
  )
  const typedAt = useRef(0)
  // The next call may begin while an agent types about the last one.
  useLayoutEffect(() => {
    const { current } = field
    return () => {
      const isTyping = current === document.activeElement && Date.now() - typedAt.current < TYPING_MS
      if (isTyping) pauseShortcuts()
    }
  }, [field])
  const hint = texts.hint(`${MODIFIER}+1 – ${MODIFIER}+9`)
  return (
    <section className={styles.panel} aria-label={texts.title}>
      <Labelled label={texts.title} hint={text.length >= MAX_LENGTH ? texts.tooLong(MAX_LENGTH) : hint}>
        {(described) => (
          <textarea
            {...described}
            ref={field}
            className={styles.notes}
            rows={6}
            maxLength={MAX_LENGTH}
            value={text}
            onChange={({ target }) => {
              typedAt.current = Date.now()
              onType(target.value)
            }}
            onKeyDown={(event) => {
              if (event.key !== 'Escape' || event.nativeEvent.isComposing) return
              event.preventDefault()
              onLeave()
            }}
          />
        )}
      </Labelled>
      <p className={styles.saved} data-saved={state} role="status">
        {state !== undefined && texts[state]}
      </p>
    </section>
  )
}
