import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useConsole } from '../../app/console-context.ts'
import type { LiveCall } from '../../app/live/live.ts'
import { Button } from '../../components/button.tsx'
import { callMessages } from '../../components/calls/messages.ts'
import { Dialog, DialogActions } from '../../components/dialog.tsx'
import { useErrorText } from '../../components/error-text.ts'
import { componentMessages } from '../../components/messages.ts'
import { Notice } from '../../components/notice.tsx'
import type { Picked } from '../../components/people/choices.ts'
import { PeoplePicker } from '../../components/people/people-picker.tsx'
import { showToast } from '../../components/toast.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { partyText } from './call-row.tsx'
import styles from './live.module.css'
import { liveMessages } from './messages.ts'
import { leavingLeg } from './overseeing.ts'

/** Connects the other end of a call with a person or a number. */
export function TransferDialog({ call, onClose }: { call: LiveCall; onClose(): void }) {
  const texts = useMessages(liveMessages)
  const { transferred } = useMessages(callMessages)
  const { cancel } = useMessages(componentMessages)
  const describeError = useErrorText()
  const { api, claims } = useConsole()
  const [picked, setPicked] = useState<Picked>()
  const leaving = leavingLeg(call, claims)
  const staying = call.legs.find((leg) => leg !== leaving && leg.state === 'up')
  const { mutate, error, isPending } = useMutation({
    mutationFn: ({ number }: Picked) =>
      api.POST('/api/v1/calls/{callId}/transfer', {
        params: { path: { callId: call.id } },
        body: { number },
      }),
    onSuccess: (_, { name, number }) => {
      showToast(transferred(name || number))
      onClose()
    },
  })
  function submit(event: FormEvent) {
    event.preventDefault()
    if (picked !== undefined) mutate(picked)
  }
  return (
    <Dialog title={texts.transferTitle} onClose={onClose}>
      <form onSubmit={submit} className={styles.form}>
        <p>
          {leaving === undefined || staying === undefined
            ? texts.transferTeamText
            : texts.transferText(partyText(leaving), partyText(staying))}
        </p>
        <PeoplePicker picked={picked} onPick={setPicked} except={leaving?.extension ?? undefined} />
        {error !== null && <Notice tone="danger">{describeError(error)}</Notice>}
        <DialogActions>
          <Button onClick={onClose}>{cancel}</Button>
          <Button tone="primary" type="submit" disabled={picked === undefined || isPending}>
            {picked === undefined ? texts.transferNone : texts.transferTo(picked.name || picked.number)}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
