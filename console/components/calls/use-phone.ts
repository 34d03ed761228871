import { type Api, ApiError, dataOf } from '../../api/client.ts'
import { useConsole, useStore } from '../../app/console-context.ts'
import type { Live } from '../../app/live/live.ts'
import { phonePort } from '../../app/phone-port.ts'
import { randomId } from '../../app/random-id.ts'
import { useMessages } from '../../i18n/messages.ts'
import { useErrorText } from '../error-text.ts'
import { showToast } from '../toast.tsx'
import { callMessages } from './messages.ts'

export interface Phone {
  canDial: boolean
  /** Calls, and shows what became of it. Never rejects. @returns whether the call was placed */
  dial(number: string, name?: string): Promise<boolean>
  /** Transfers one of my calls without a consultation, and shows what became of it. Never rejects. */
  transfer(callId: string, number: string, name?: string): Promise<void>
}

/** Calls by the phone in the page if it is there, else by the API, which rings the user’s own phone first. */
export function usePhone(): Phone {
  const { api, live, claims } = useConsole()
  const port = useStore(phonePort)
  const texts = useMessages(callMessages)
  const describeError = useErrorText()
  const showFailure = (name: string, err: unknown) =>
    showToast(texts.callEnded(name, describeError(err)), 'danger')

  return {
    canDial: port?.canDial ?? claims.extension !== undefined,
    async dial(number, name = number) {
      try {
        if (port !== undefined) return await port.dial(number)
        const id = await placeCall(api, number)
        showToast(texts.calling(name))
        onUnanswered(live, id, (outcome) =>
          showToast(texts.callEnded(name, texts.outcomes[outcome]), 'danger'),
        )
        return true
      } catch (err) {
        showFailure(name, err)
        return false
      }
    },
    async transfer(callId, number, name = number) {
      try {
        const params = { path: { callId } }
        await api.POST('/api/v1/calls/{callId}/transfer', { params, body: { number } })
        showToast(texts.transferred(name))
      } catch (err) {
        showFailure(name, err)
      }
    },
  }
}

/** Sends the order once more if no answer came: the same key rings no phone twice. */
async function placeCall(api: Api, number: string): Promise<string> {
  const header = { 'idempotency-key': randomId() }
  const send = () => dataOf(api.POST('/api/v1/calls', { params: { header }, body: { number } }))
  const { id } = await send().catch((err: unknown) => {
    if (err instanceof ApiError && err.status === 0) return send()
    throw err
  })
  return id
}

/** As in the history: no unanswered call lasts longer. */
const MAX_RINGING_MS = 3_600_000

type Outcome = NonNullable<Parameters<Parameters<Live['onCall']>[0]>[0]['outcome']>

/** Runs `then` if the call ends without an answer, and its user did not end it. */
function onUnanswered(live: Live, callId: string, then: (outcome: Outcome) => void): void {
  const stop = live.onCall(({ id, answered_at, outcome }) => {
    if (id !== callId || (answered_at === null && outcome === null)) return
    clearTimeout(timer)
    stop()
    if (outcome !== null && outcome !== 'answered' && outcome !== 'cancelled') then(outcome)
  })
  // Its end may have come while the stream was away.
  const timer = setTimeout(stop, MAX_RINGING_MS)
}
