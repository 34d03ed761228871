import { useCallback, useEffect, useId, useRef, useState } from 'react'
import { MODIFIER } from '../../../app/shortcut-keys.ts'
import { useShortcut } from '../../../app/shortcuts.tsx'
import { Button } from '../../../components/button.tsx'
import { ConfirmDialog } from '../../../components/dialog.tsx'
import { useErrorText } from '../../../components/error-text.ts'
import { Notice } from '../../../components/notice.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import styles from '../desk.module.css'
import { Key } from '../key.tsx'
import { deskMessages } from '../messages.ts'
import type { Result } from '../notes/draft-store.ts'
import type { NotesSync, NotesView } from '../notes/notes-sync.ts'
import type { Desk, Lead, Subject } from '../wire.ts'
import { CallbackDialog } from './callback-dialog.tsx'
import { type Choice, outcomesOf } from './choices.ts'

interface OutcomesProps {
  desk: Desk
  lead: Lead
  subject: Subject
  notes: NotesSync
  view: NotesView | undefined
  onFinish(): void
}

const NOTICE_OF = { saved: 'stored', saving: 'sending', waiting: 'waiting', refused: 'sending' } as const

/** The outcome of the call by one key. It ends the wrap-up. */
export function Outcomes({ desk, lead, subject, notes, view, onFinish }: OutcomesProps) {
  const { outcomes: texts } = useMessages(deskMessages)
  const describeError = useErrorText()
  const id = useId()
  const [isBreakNext, setBreakNext] = useState(false)
  const [asking, setAsking] = useState<Choice>()
  const choices = outcomesOf(desk.campaign, texts.names)
  const result = view?.draft.result
  const chosen = choices.find(({ key }) => key === result?.disposition)
  const isRinging = desk.wrap_up === null && desk.call?.state === 'ringing'
  const isClosed = isRinging || result !== undefined

  function finish(choice: Choice, callback?: Result['callback']) {
    setAsking(undefined)
    // A break that was begun during the call goes on.
    const next = isBreakNext || desk.agent.status === 'break' ? ({ next: 'break' } as const) : {}
    notes.finish(subject, desk.notes, { disposition: choice.key, ...(callback && { callback }), ...next })
    onFinish()
  }
  function choose(choice: Choice) {
    if (isClosed) return
    if (choice.effect === 'callback' || choice.effect === 'do_not_call') setAsking(choice)
    else finish(choice)
  }
  return (
    <section className={styles.panel} aria-labelledby={id}>
      <h2 id={id}>{texts.title}</h2>
      <p className={styles.soft}>{isRinging ? texts.notYet : texts.hint}</p>
      <ul className={styles.outcomes}>
        {choices.map((choice) => (
          <li key={choice.key}>
            <OutcomeButton choice={choice} isDisabled={isClosed} onChoose={choose} />
          </li>
        ))}
      </ul>
      <BreakNext isOn={isBreakNext} onChange={setBreakNext} />
      {chosen !== undefined && (
        <Notice tone={view?.state === 'saved' ? 'success' : 'info'}>
          {texts[NOTICE_OF[view?.state ?? 'saving']](chosen.name)}
        </Notice>
      )}
      {view?.error !== undefined && (
        <Notice tone="danger">
          {texts.refused} {describeError(view.error)}
        </Notice>
      )}
      {asking?.effect === 'callback' && (
        <CallbackDialog
          lead={lead}
          onAgree={(callback) => finish(asking, callback)}
          onClose={() => setAsking(undefined)}
        />
      )}
      {asking?.effect === 'do_not_call' && (
        <ConfirmDialog
          title={texts.doNotCallTitle(lead.name)}
          action={texts.doNotCall}
          describeError={describeError}
          onConfirm={async () => finish(asking)}
          onClose={() => setAsking(undefined)}
        >
          {texts.doNotCallWarning}
        </ConfirmDialog>
      )}
    </section>
  )
}

interface OutcomeButtonProps {
  choice: Choice
  isDisabled: boolean
  onChoose(choice: Choice): void
}

function OutcomeButton({ choice, isDisabled, onChoose }: OutcomeButtonProps) {
  const { outcomes: texts } = useMessages(deskMessages)
  const { key, name } = choice
  // The same function at each render: a shortcut that changes is added anew.
  const newest = useRef(onChoose)
  useEffect(() => {
    newest.current = onChoose
  })
  const latestChoice = useRef(choice)
  latestChoice.current = choice
  const press = useCallback(() => newest.current(latestChoice.current), [])
  const inNotes = `${MODIFIER}+${key}`
  useShortcut(key, texts.shortcut(name, inNotes), press)
  useShortcut(inNotes, '', press)
  return (
    <Button className={styles.outcome} disabled={isDisabled} aria-keyshortcuts={key} onClick={press}>
      <Key name={key} /> {name}
    </Button>
  )
}

function BreakNext({ isOn, onChange }: { isOn: boolean; onChange(isOn: boolean): void }) {
  const { outcomes: texts } = useMessages(deskMessages)
  useShortcut(
    'b',
    texts.breakNextShortcut,
    useCallback(() => onChange(!isOn), [isOn, onChange]),
  )
  return (
    <label className={styles.check}>
      <input type="checkbox" checked={isOn} onChange={({ target }) => onChange(target.checked)} />
      {texts.breakNext} <Key name="b" />
    </label>
  )
}
