import { z } from 'zod'
import { poll } from '../../runtime/poll.ts'
import { ProvisioningError } from '../core/provisioning/provisioner.ts'
import type { FreepbxGql } from './freepbx-gql.ts'
import { unreachableError } from './provisioning-errors.ts'
import { abortAsUnreachable, retryOnce } from './retry.ts'
import { sanitizeMessage } from './sanitize-message.ts'

const RELOAD_MUTATION = 'mutation { doreload(input: {}) { status message transaction_id } }'
const STATUS_QUERY = 'query ($id: ID!) { fetchApiStatus(txnId: $id) { status message details } }'

const ReloadStarted = z.object({
  doreload: z.object({ transaction_id: z.union([z.string().min(1), z.number()]).transform(String) }),
})
const ReloadStatus = z.object({
  fetchApiStatus: z.object({ message: z.string().nullish(), details: z.unknown() }),
})

/**
 * Makes FreePBX apply its changes and waits for the end. Phones of new extensions can register after it only.
 * @throws {ProvisioningError} `unconfirmed` if the reload fails, `unreachable` if `signal` aborts before its end
 */
export async function reloadFreepbx(
  gql: FreepbxGql,
  { pollMs, pauseMs }: { pollMs: number; pauseMs: number },
  signal: AbortSignal,
): Promise<void> {
  const id = await retryOnce(pauseMs, signal, async () => {
    const answer = await gql.request(RELOAD_MUTATION, {}, signal)
    if ('reason' in answer) throw notApplied(answer.reason)
    const started = ReloadStarted.safeParse(answer.data)
    if (!started.success) throw unreachableError('FreePBX did not return an id of its reload')
    return started.data.doreload.transaction_id
  })
  const readStatus = () =>
    retryOnce(pauseMs, signal, async () => {
      const answer = await gql.request(STATUS_QUERY, { id }, signal)
      if ('reason' in answer)
        throw unreachableError(`FreePBX does not show the state of its reload: ${answer.reason}`)
      const status = ReloadStatus.safeParse(answer.data)
      if (!status.success)
        throw unreachableError('FreePBX returned the state of its reload in an unknown format')
      return status.data.fetchApiStatus
    })
  const isExecuted = async () => {
    const { message, details } = await readStatus()
    if (message === 'Failed') throw notApplied(sanitizeMessage(details))
    return message === 'Executed' || undefined
  }
  await abortAsUnreachable(signal, poll(isExecuted, { everyMs: pollMs, signal }))
}

const notApplied = (why: string) =>
  new ProvisioningError(
    'unconfirmed',
    `the extension is saved, but FreePBX does not reload: see Apply Config there (${why})`,
  )
