import { useState } from 'react'
import { dataOf } from '../../api/client.ts'
import { useConsole } from '../../app/console-context.ts'
import { Button } from '../../components/button.tsx'
import { Dialog, DialogActions } from '../../components/dialog.tsx'
import { useErrorText } from '../../components/error-text.ts'
import { componentMessages } from '../../components/messages.ts'
import { Notice } from '../../components/notice.tsx'
import type { Picked } from '../../components/people/choices.ts'
import { PeoplePicker } from '../../components/people/people-picker.tsx'
import { showToast } from '../../components/toast.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { phoneMessages } from './messages.ts'

interface TransferDialogProps {
  callId: string
  peer: string
  /** An attended transfer has begun. */
  onConsult(number: string): void
  onClose(): void
}

/** Chooses to whom the other end goes: at once, or after a word with them. */
export function TransferDialog({ callId, peer, onConsult, onClose }: TransferDialogProps) {
  const texts = useMessages(phoneMessages)
  const { cancel } = useMessages(componentMessages)
  const { api, claims } = useConsole()
  const errorText = useErrorText()
  const [picked, setPicked] = useState<Picked>()
  const [failure, setFailure] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const number = picked?.number

  async function transfer(isAttended: boolean) {
    if (number === undefined) return
    setBusy(true)
    setFailure(undefined)
    const request = { params: { path: { callId } }, body: { number } }
    try {
      if (isAttended) {
        await dataOf(api.POST('/api/v1/calls/{callId}/attended-transfer', request))
        onConsult(number)
      } else {
        await dataOf(api.POST('/api/v1/calls/{callId}/transfer', request))
        showToast(texts.transferred(number))
      }
      onClose()
    } catch (err) {
      setFailure(errorText(err))
      setBusy(false)
    }
  }
  return (
    <Dialog title={texts.transferTitle(peer)} onClose={onClose}>
      <PeoplePicker picked={picked} onPick={setPicked} except={claims.extension} />
      {failure !== undefined && <Notice tone="danger">{failure}</Notice>}
      <DialogActions>
        <Button onClick={onClose}>{cancel}</Button>
        <Button disabled={isBusy || number === undefined} onClick={() => void transfer(true)}>
          {texts.askFirst}
        </Button>
        <Button tone="primary" disabled={isBusy || number === undefined} onClick={() => void transfer(false)}>
          {texts.transferNow}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
