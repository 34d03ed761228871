import { dataOf } from '../../api/client.ts'
import { useConsole, useStore } from '../../app/console-context.ts'
import type { LiveCall } from '../../app/live/live.ts'
import { Button } from '../../components/button.tsx'
import { useErrorText } from '../../components/error-text.ts'
import { Icon } from '../../components/icon.tsx'
import { SupervisedBy } from '../../components/supervise/supervised-by.tsx'
import { showToast } from '../../components/toast.tsx'
import { useMessages } from '../../i18n/messages.ts'
import type { CallCard } from '../../phone/phone-types.ts'
import styles from './call-card.module.css'
import { callsOnOtherPhones } from './call-truth.ts'
import { phoneMessages } from './messages.ts'

/** My calls that are not in this page: on the desk phone, or in another browser. */
export function OtherPhoneCalls({ shown }: { shown: readonly CallCard[] }) {
  const { live, claims } = useConsole()
  const calls = useStore(live.calls)
  const others = callsOnOtherPhones(calls, shown, claims.extension)
  return others.map((call) => <OtherCall key={call.id} call={call} />)
}

function OtherCall({ call }: { call: LiveCall }) {
  const texts = useMessages(phoneMessages)
  const { api, claims } = useConsole()
  const errorText = useErrorText()
  const isCaller = call.legs.some(
    ({ extension, role }) => extension === claims.extension && role === 'caller',
  )
  const peer = isCaller ? call.to : call.from
  async function hangUp() {
    try {
      await dataOf(api.POST('/api/v1/calls/{callId}/hangup', { params: { path: { callId: call.id } } }))
    } catch (err) {
      showToast(errorText(err), 'danger')
    }
  }
  return (
    <div className={styles.card}>
      <div className={styles.peer}>
        <span className={styles.name}>{peer.name || peer.number || texts.unknownCaller}</span>
        <span className={styles.number}>{texts.otherPhone}</span>
      </div>
      <SupervisedBy call={call} />
      <div className={styles.actions}>
        <Button tone="danger" className={styles.hangUp} onClick={() => void hangUp()}>
          <Icon name="hangup" />
          {texts.hangUp}
        </Button>
      </div>
    </div>
  )
}
