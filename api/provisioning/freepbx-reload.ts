import { z } from 'zod'
import { ProvisioningError } from '../core/provisioning/provisioner.ts'
import type { FreepbxGql } from './freepbx-gql.ts'
import { unreachableError } from './pbx-http-client.ts'
import { delayWithJitter, retryOnce } from './retry.ts'
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
 * Has FreePBX apply what was changed, and waits until it did: before that no phone can register.
 * @throws {ProvisioningError} `unconfirmed` when it fails, `away` when it takes longer than `signal` allows
 */
export async function reloadFreepbx(
  gql: FreepbxGql,
  { pollMs, pauseMs }: { pollMs: number; pauseMs: number },
  signal: AbortSignal,
): Promise<void> {
  const id = await retryOnce(pauseMs, signal, async () => {
    const answer = await gql.request(RELOAD_MUTATION, {}, signal)
    if ('reason' in answer) throw notApplied(answer.reason)
    const begun = ReloadStarted.safeParse(answer.data)
    if (!begun.success) throw unreachableError('FreePBX did not say which reload it began')
    return begun.data.doreload.transaction_id
  })
  for (;;) {
    const { message, details } = await retryOnce(pauseMs, signal, async () => {
      const answer = await gql.request(STATUS_QUERY, { id }, signal)
      if ('reason' in answer)
        throw unreachableError(`FreePBX does not say how its reload goes: ${answer.reason}`)
      const status = ReloadStatus.safeParse(answer.data)
      if (!status.success) throw unreachableError('FreePBX tells of its reload in a way that is not known')
      return status.data.fetchApiStatus
    })
    if (message === 'Executed') return
    if (message === 'Failed') throw notApplied(sanitizeMessage(details))
    await delayWithJitter(pollMs, signal)
  }
}

const notApplied = (why: string) =>
  new ProvisioningError(
    'unconfirmed',
    `the extension is saved, but FreePBX does not reload: see Apply Config there (${why})`,
  )
