import { dataOf } from '../../api/client.ts'
import { useConsole, useSelected } from '../../app/console-context.ts'
import { Button } from '../../components/button.tsx'
import { useErrorText } from '../../components/error-text.ts'
import { Notice } from '../../components/notice.tsx'
import { useContacts } from '../../components/people/use-contacts.ts'
import { showToast } from '../../components/toast.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { phoneMessages } from './messages.ts'

/** An attended transfer under way: the other end waits, while this one talks to the third. */
export function Consultation({ callId, number, onEnd }: { callId: string; number: string; onEnd(): void }) {
  const texts = useMessages(phoneMessages)
  const { api, live } = useConsole()
  const { contacts } = useContacts()
  const name = contacts.find(({ extension }) => extension === number)?.name ?? number
  const third = useSelected(live.calls, (calls) =>
    calls.find(({ id }) => id === callId)?.legs.findLast((leg) => leg.number === number),
  )
  const errorText = useErrorText()

  async function finish(how: 'complete' | 'cancel') {
    const request = { params: { path: { callId } } }
    try {
      if (how === 'complete') {
        await dataOf(api.POST('/api/v1/calls/{callId}/attended-transfer/complete', request))
        showToast(texts.transferred(name))
      } else {
        await dataOf(api.POST('/api/v1/calls/{callId}/attended-transfer/cancel', request))
      }
      onEnd()
    } catch (err) {
      showToast(errorText(err), 'danger')
    }
  }
  return (
    <Notice>
      {third?.state === 'up' ? texts.consulting(name) : texts.consultRinging(name)}
      <Button tone="primary" onClick={() => void finish('complete')}>
        {texts.completeTransfer}
      </Button>
      <Button onClick={() => void finish('cancel')}>{texts.cancelTransfer}</Button>
    </Notice>
  )
}
