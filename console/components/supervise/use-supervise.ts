import { useQueryClient } from '@tanstack/react-query'
import { ApiError, dataOf } from '../../api/client.ts'
import { useConsole, useStore } from '../../app/console-context.ts'
import type { LiveCall } from '../../app/live/live-messages.ts'
import { phonePort } from '../../app/phone-port.ts'
import { randomId } from '../../app/random-id.ts'
import { useMessages } from '../../i18n/messages.ts'
import { useErrorText } from '../error-text.ts'
import { showToast } from '../toast.tsx'
import { useCapabilities } from '../use-capabilities.ts'
import { superviseMessages } from './messages.ts'
import { agentOf, mineOf, type SupervisionMode } from './supervision.ts'

const CAPABILITIES_MS = 60_000

export interface Supervise {
  /** The ways that the settings and the PBX allow here. */
  modes: readonly SupervisionMode[]
  canTakeOver: boolean
  /** Listens, or changes the way; shows why it could not. Never rejects. */
  begin(call: LiveCall, mode: SupervisionMode): Promise<void>
  stop(call: LiveCall): Promise<void>
  /** @throws {ApiError} */
  takeOver(call: LiveCall): Promise<void>
}

/** What a supervisor may do in calls of others. By the phone in the page where it is ready, else by the desk phone. */
export function useSupervise(): Supervise {
  const { api, claims } = useConsole()
  const port = useStore(phonePort)
  const texts = useMessages(superviseMessages)
  const describeError = useErrorText()
  const queries = useQueryClient()
  const { data } = useCapabilities({ refreshMs: CAPABILITIES_MS })
  const readAgain = () => queries.invalidateQueries({ queryKey: ['live-calls'] })
  const may = (command: string) => claims.role !== 'user' && data?.commands[command] === 'pbx'

  async function post({ id: callId }: LiveCall, mode: SupervisionMode) {
    const params = { path: { callId }, header: { 'idempotency-key': randomId() } }
    const send = () => dataOf(api.POST(`/api/v1/calls/{callId}/${mode}`, { params, body: {} }))
    // Once more if no answer came: the same key rings no phone twice.
    await send().catch((err: unknown) => {
      if (err instanceof ApiError && err.status === 0) return send()
      throw err
    })
  }
  const showFailure = (act: Promise<unknown>) =>
    act.catch((err: unknown) => showToast(describeError(err), 'danger')).then(readAgain)

  return {
    modes: (['listen', 'whisper', 'join'] as const).filter(may),
    canTakeOver: may('take_over'),
    async begin(call, mode) {
      if (port !== undefined && mineOf(call, claims.userId) === undefined) {
        await port.supervise(agentOf(call)?.number ?? '', { callId: call.id, mode })
        await readAgain()
        return
      }
      await showFailure(post(call, mode))
    },
    async stop({ id: callId }) {
      await showFailure(api.POST('/api/v1/calls/{callId}/supervision/stop', { params: { path: { callId } } }))
    },
    async takeOver({ id: callId }) {
      await api.POST('/api/v1/calls/{callId}/take-over', { params: { path: { callId } } })
      showToast(texts.takenOver)
      await readAgain()
    },
  }
}
