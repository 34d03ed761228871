import { useState } from 'react'
import { useConsole } from '../../app/console-context.ts'
import type { LiveCall } from '../../app/live/live-messages.ts'
import { useMessages } from '../../i18n/messages.ts'
import { Button } from '../button.tsx'
import { ConfirmDialog } from '../dialog.tsx'
import { useErrorText } from '../error-text.ts'
import { superviseMessages } from './messages.ts'
import styles from './supervise.module.css'
import { agentOf, mineOf } from './supervision.ts'
import type { Supervise } from './use-supervise.ts'

/** My own part in a call of others: which way I take part, taking it over, and the end. Nothing without one. */
export function OwnPart({ call, supervise }: { call: LiveCall; supervise: Supervise }) {
  const texts = useMessages(superviseMessages)
  const describeError = useErrorText()
  const { claims } = useConsole()
  const [isAsking, setAsking] = useState(false)
  const mine = mineOf(call, claims.userId)
  if (mine === undefined) return null
  const agent = agentOf(call)
  return (
    <fieldset className={styles.mine}>
      <legend className="visually-hidden">{texts.mine}</legend>
      {mine.state === 'ringing' ? (
        <span>{texts.pickUp}</span>
      ) : (
        <>
          {supervise.modes.map((mode) => (
            <Button
              key={mode}
              tone={mine.mode === mode ? 'primary' : 'plain'}
              aria-pressed={mine.mode === mode}
              title={texts.hints[mode]}
              onClick={() => void supervise.begin(call, mode)}
            >
              {texts.modes[mode]}
            </Button>
          ))}
          {supervise.canTakeOver && <Button onClick={() => setAsking(true)}>{texts.takeOver}</Button>}
        </>
      )}
      <Button tone="danger" onClick={() => void supervise.stop(call)}>
        {texts.stop}
      </Button>
      {isAsking && (
        <ConfirmDialog
          title={texts.takeOverTitle}
          action={texts.takeOverAction}
          onClose={() => setAsking(false)}
          describeError={describeError}
          onConfirm={() => supervise.takeOver(call)}
        >
          {texts.takeOverText(agent?.name || agent?.number || '')}
        </ConfirmDialog>
      )}
    </fieldset>
  )
}
