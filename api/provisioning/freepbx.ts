import { createHash, randomInt } from 'node:crypto'
import type { Logger } from '../../runtime/log.ts'
import { type ExtensionOrder, type Provisioner, ProvisioningError } from '../core/provisioning/provisioner.ts'
import { addExtension, deleteExtension, type FreepbxExtension, findExtension } from './freepbx-extensions.ts'
import { createFreepbxGql, type FreepbxAccess } from './freepbx-gql.ts'
import { reloadFreepbx } from './freepbx-reload.ts'
import { makeOnce, removeOnce } from './idempotent.ts'
import { createSharedReload } from './reload-batcher.ts'
import { again, inTime } from './retry.ts'
import { LIMITS, type Limits } from './timeouts.ts'
import { checkExtension, checkOrder, plainName } from './validate-extension.ts'

export interface FreepbxNeeds extends FreepbxAccess {
  /** A mailbox for each; its PIN is told to nobody, an operator sets another. Off unless said. */
  voicemail?: boolean | undefined
  maxContacts?: number | undefined
  /** Milliseconds. */
  now: () => number
  log: Logger
  limits?: Partial<FreepbxLimits>
}

export interface FreepbxLimits extends Limits {
  /** Between two looks at a reload. */
  pollMs: number
  reloadMs: number
  /** How long a reload waits for extensions that are being made. */
  gatherMs: number
}

/**
 * SIP extensions of FreePBX 16 and 17. It makes the secret itself, and of what it takes with a new extension
 * it shows none but the name and the outbound caller id again. So the name carries, at its end, eight digits
 * that come from the order's mark: they are how ours are known, as in `Alice Smith #9f86d081`. A name alone
 * would be no proof: whoever registers chooses one, and would be handed another's secret.
 */
export function createFreepbx(needs: FreepbxNeeds): Provisioner & { close(): Promise<void> } {
  const limits: FreepbxLimits = {
    ...LIMITS,
    pollMs: 500,
    reloadMs: 45_000,
    gatherMs: 2_000,
    ...needs.limits,
  }
  const { pauseMs } = limits
  const gql = createFreepbxGql(needs, limits.requestMs, needs.now)
  const reload = createSharedReload(async () => {
    await reloadFreepbx(gql, limits, AbortSignal.timeout(limits.reloadMs))
    needs.log.info({ event: 'pbx_reloaded', pbx: 'freepbx' }, 'FreePBX has applied its changes')
  }, limits.gatherMs)
  if (needs.allowSelfSigned === true) {
    needs.log.warn({ event: 'pbx_unverified', pbx: 'freepbx' }, 'the certificate of FreePBX is not verified')
  }

  const find = (extension: string, signal: AbortSignal) =>
    again(pauseMs, signal, () => findExtension(gql, extension, signal))

  const wanted = ({ extension, displayName, email, mark }: ExtensionOrder) => ({
    extension,
    name: `${plainName(displayName, extension, MOST_NAME - tagOf(mark).length)}${tagOf(mark)}`,
    // The field must be there, and may be empty.
    email: email ?? '',
    maxContacts: needs.maxContacts ?? 5,
    voicemailPin: needs.voicemail === true ? String(randomInt(10_000_000, 100_000_000)) : undefined,
  })

  /** @throws {ProvisioningError} `taken` */
  async function findOurs(extension: string, ordered: Ordered, signal: AbortSignal) {
    const found = await find(extension, signal)
    if (found === undefined || isOf(found, ordered)) return found
    throw new ProvisioningError('taken', `extension ${extension} is another's on FreePBX`)
  }

  /** @throws {ProvisioningError} `taken`, `unconfirmed` for one that is ours and not whole */
  async function findWhole(order: ExtensionOrder, signal: AbortSignal) {
    const { extension } = order
    const found = await findOurs(extension, order, signal)
    if (found === undefined) return undefined
    const { secret } = found
    if (secret !== undefined) return { extension, authUsername: extension, secret }
    throw new ProvisioningError(
      'unconfirmed',
      `extension ${extension} is on FreePBX without a secret: delete it there, and it is made anew`,
    )
  }

  return {
    name: 'freepbx',
    async provide(order) {
      checkOrder(order)
      const signal = AbortSignal.timeout(limits.callMs)
      const { extension } = order
      const made = reload.change(() =>
        makeOnce({
          find: () => findWhole(order, signal),
          act: () => addExtension(gql, wanted(order), signal),
          unconfirmed: `FreePBX said that it made extension ${extension}, and it is not there`,
          pauseMs,
          signal,
        }),
      )
      return inTime(signal, made)
    },
    async remove(extension, ordered) {
      checkExtension(extension)
      const signal = AbortSignal.timeout(limits.callMs)
      // One that is gone may have been taken away by a try that ended before its reload.
      const gone = reload.change(() =>
        removeOnce({
          find: () => findOurs(extension, ordered, signal),
          act: () => deleteExtension(gql, extension, signal),
          unconfirmed: `FreePBX said that it deleted extension ${extension}, and it is still there`,
          pauseMs,
          signal,
        }),
      )
      return inTime(signal, gone)
    },
    close: () => gql.close(),
  }
}

type Ordered = Pick<ExtensionOrder, 'mark' | 'secret'>

/** Somebody may have renamed it there; but nobody else has a secret that FreePBX made for us. */
const isOf = ({ names, secret }: FreepbxExtension, ordered: Ordered): boolean =>
  secret === ordered.secret || names.some((name) => name.endsWith(tagOf(ordered.mark)))

/** Bytes that its tables keep of a name, and of no more. */
const MOST_NAME = 50

const tagOf = (mark: string): string => ` #${createHash('sha256').update(mark).digest('hex').slice(0, 8)}`
