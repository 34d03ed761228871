import { useState } from 'react'
import { useStore } from '../../../app/console-context.ts'
import { Button } from '../../../components/button.tsx'
import { ConfirmDialog } from '../../../components/dialog.tsx'
import { useErrorText } from '../../../components/error-text.ts'
import { showToast } from '../../../components/toast.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import styles from '../desk.module.css'
import { deskMessages } from '../messages.ts'
import type { NotesSync } from './notes-sync.ts'

/** Notes of earlier calls that the server refuses, such as of a lead that was deleted: they stay until they are discarded. */
export function RefusedNotes({
  notes,
  currentCallId,
}: {
  notes: NotesSync
  currentCallId: string | undefined
}) {
  const { unsent: texts } = useMessages(deskMessages)
  const describeError = useErrorText()
  const [discarding, setDiscarding] = useState<string>()
  const refused = [...useStore(notes.views).values()].filter(
    ({ state, draft }) => state === 'refused' && draft.callId !== currentCallId && draft.text !== '',
  )
  if (refused.length === 0) return null
  return (
    <section className={styles.reasons}>
      <h2>{texts.title}</h2>
      <p>{texts.hint}</p>
      {refused.map(({ draft, error }) => (
        <article key={draft.callId} className={styles.refused}>
          <h3>{draft.name}</h3>
          <p className={styles.text}>{draft.text}</p>
          <p className={styles.soft}>{describeError(error)}</p>
          <div className={styles.actions}>
            <Button
              onClick={() =>
                void navigator.clipboard.writeText(draft.text).then(() => showToast(texts.copied))
              }
            >
              {texts.copy}
            </Button>
            <Button tone="danger" onClick={() => setDiscarding(draft.callId)}>
              {texts.discard}
            </Button>
          </div>
        </article>
      ))}
      {discarding !== undefined && (
        <ConfirmDialog
          title={texts.discardTitle}
          action={texts.discard}
          describeError={describeError}
          onConfirm={async () => notes.discard(discarding)}
          onClose={() => setDiscarding(undefined)}
        >
          {texts.discardWarning}
        </ConfirmDialog>
      )}
    </section>
  )
}
