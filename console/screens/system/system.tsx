import { useConsole } from '../../app/console-context.ts'
import { componentMessages } from '../../components/messages.ts'
import { EmptyState } from '../../components/notice.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { CapabilityList } from './capability-list.tsx'
import { DialPolicyView } from './dial-policy.tsx'
import { Health } from './health.tsx'
import { KeyTable } from './key-table.tsx'
import { systemMessages } from './messages.ts'

/** How this installation is, for administrators. Others see that they may not, and send no request. */
export function SystemScreen() {
  const texts = useMessages(systemMessages)
  const { noPermission } = useMessages(componentMessages)
  const { claims } = useConsole()
  return (
    <>
      <h1>{texts.title}</h1>
      {claims.role === 'admin' ? (
        <>
          <Health />
          <CapabilityList />
          <DialPolicyView />
          <KeyTable />
        </>
      ) : (
        <EmptyState title={noPermission} />
      )}
    </>
  )
}
