import { useQueryClient } from '@tanstack/react-query'
import { useConsole } from '../../app/console-context.ts'
import type { LiveCall } from '../../app/live/live.ts'
import { callMessages } from '../../components/calls/messages.ts'
import { ConfirmDialog } from '../../components/dialog.tsx'
import { useErrorText } from '../../components/error-text.ts'
import { showToast } from '../../components/toast.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { partyText } from './call-row.tsx'
import { liveMessages } from './messages.ts'
import { mayFollowAllCalls } from './overseeing.ts'

export function HangupDialog({ call, onClose }: { call: LiveCall; onClose(): void }) {
  const texts = useMessages(liveMessages)
  const { unknownCaller } = useMessages(callMessages)
  const describeError = useErrorText()
  const { api, claims } = useConsole()
  const queries = useQueryClient()
  const [from = '', to = ''] = [call.from, call.to].map((party) => partyText(party) || unknownCaller)
  const isMine = call.legs.some(({ extension, state }) => state !== 'ended' && extension === claims.extension)
  return (
    <ConfirmDialog
      title={texts.hangupTitle}
      action={texts.hangup}
      onClose={onClose}
      describeError={describeError}
      onConfirm={async () => {
        await api.POST('/api/v1/calls/{callId}/hangup', { params: { path: { callId: call.id } } })
        showToast(texts.hungUp)
        await queries.invalidateQueries({ queryKey: ['live-calls'] })
      }}
    >
      {isMine
        ? texts.hangupOwnText(call.from.number === claims.extension ? to : from)
        : mayFollowAllCalls(claims)
          ? texts.hangupText(from, to)
          : texts.hangupTeamText(from, to)}
    </ConfirmDialog>
  )
}
