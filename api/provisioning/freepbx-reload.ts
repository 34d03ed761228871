import { z } from 'zod'
import { ProvisioningError } from '../core/provisioning/provisioner.ts'
import type { FreepbxGql } from './freepbx-gql.ts'
import { away } from './pbx-http-client.ts'
import { again, pause } from './retry.ts'
import { saidBy } from './sanitize-message.ts'

const RELOAD = 'mutation { doreload(input: {}) { status message transaction_id } }'
const STATUS = 'query ($id: ID!) { fetchApiStatus(txnId: $id) { status message details } }'

const Begun = z.object({
  doreload: z.object({ transaction_id: z.union([z.string().min(1), z.number()]).transform(String) }),
})
const Status = z.object({ fetchApiStatus: z.object({ message: z.string().nullish(), details: z.unknown() }) })

/**
 * Has FreePBX apply what was changed, and waits until it did: before that no phone can register.
 * @throws {ProvisioningError} `unconfirmed` when it fails, `away` when it takes longer than `signal` allows
 */
export async function reloadFreepbx(
  gql: FreepbxGql,
  { pollMs, pauseMs }: { pollMs: number; pauseMs: number },
  signal: AbortSignal,
): Promise<void> {
  const id = await again(pauseMs, signal, async () => {
    const answer = await gql.ask(RELOAD, {}, signal)
    if ('no' in answer) throw notApplied(answer.no)
    const begun = Begun.safeParse(answer.data)
    if (!begun.success) throw away('FreePBX did not say which reload it began')
    return begun.data.doreload.transaction_id
  })
  for (;;) {
    const { message, details } = await again(pauseMs, signal, async () => {
      const answer = await gql.ask(STATUS, { id }, signal)
      if ('no' in answer) throw away(`FreePBX does not say how its reload goes: ${answer.no}`)
      const status = Status.safeParse(answer.data)
      if (!status.success) throw away('FreePBX tells of its reload in a way that is not known')
      return status.data.fetchApiStatus
    })
    if (message === 'Executed') return
    if (message === 'Failed') throw notApplied(saidBy(details))
    await pause(pollMs, signal)
  }
}

const notApplied = (why: string) =>
  new ProvisioningError(
    'unconfirmed',
    `the extension is saved, but FreePBX does not reload: see Apply Config there (${why})`,
  )
