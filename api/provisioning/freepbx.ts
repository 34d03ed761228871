import { createHash, randomInt } from 'node:crypto'
import type { Logger } from '../../runtime/log.ts'
import { type ExtensionSpec, type Provisioner, ProvisioningError } from '../core/provisioning/provisioner.ts'
import { addExtension, deleteExtension, type FreepbxExtension, findExtension } from './freepbx-extensions.ts'
import { createFreepbxGql, type FreepbxAccess } from './freepbx-gql.ts'
import { reloadFreepbx } from './freepbx-reload.ts'
import { ensureCreated, ensureRemoved } from './idempotent.ts'
import { createReloadBatcher } from './reload-batcher.ts'
import { retryOnce, withAbort } from './retry.ts'
import { DEFAULT_PBX_TIMEOUTS, type PbxTimeouts } from './timeouts.ts'
import { sanitizeName, validateExtension, validateSpec } from './validate-extension.ts'

export interface FreepbxNeeds extends FreepbxAccess {
  /** A mailbox for each; its PIN is told to nobody, an operator sets another. Off unless said. */
  voicemail?: boolean | undefined
  maxContacts?: number | undefined
  /** Milliseconds. */
  now: () => number
  log: Logger
  timeouts?: Partial<FreepbxTimeouts>
}

export interface FreepbxTimeouts extends PbxTimeouts {
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
export function createFreepbxProvisioner(needs: FreepbxNeeds): Provisioner & { close(): Promise<void> } {
  const timeouts: FreepbxTimeouts = {
    ...DEFAULT_PBX_TIMEOUTS,
    pollMs: 500,
    reloadMs: 45_000,
    gatherMs: 2_000,
    ...needs.timeouts,
  }
  const { pauseMs } = timeouts
  const gql = createFreepbxGql(needs, timeouts.requestMs, needs.now)
  const reload = createReloadBatcher(async () => {
    await reloadFreepbx(gql, timeouts, AbortSignal.timeout(timeouts.reloadMs))
    needs.log.info({ event: 'pbx_reloaded', pbx: 'freepbx' }, 'FreePBX has applied its changes')
  }, timeouts.gatherMs)
  if (needs.allowSelfSigned === true) {
    needs.log.warn({ event: 'pbx_unverified', pbx: 'freepbx' }, 'the certificate of FreePBX is not verified')
  }

  const find = (extension: string, signal: AbortSignal) =>
    retryOnce(pauseMs, signal, () => findExtension(gql, extension, signal))

  const toFreepbxExtension = ({ extension, displayName, email, ownershipTag }: ExtensionSpec) => ({
    extension,
    name: `${sanitizeName(displayName, extension, MAX_NAME_BYTES - nameSuffix(ownershipTag).length)}${nameSuffix(ownershipTag)}`,
    // The field must be there, and may be empty.
    email: email ?? '',
    maxContacts: needs.maxContacts ?? 5,
    voicemailPin: needs.voicemail === true ? String(randomInt(10_000_000, 100_000_000)) : undefined,
  })

  /** @throws {ProvisioningError} `taken` */
  async function findOwn(extension: string, spec: OwnershipProof, signal: AbortSignal) {
    const found = await find(extension, signal)
    if (found === undefined || isOwn(found, spec)) return found
    throw new ProvisioningError('taken', `extension ${extension} is another's on FreePBX`)
  }

  /** @throws {ProvisioningError} `taken`, `unconfirmed` for one that is ours and not whole */
  async function findComplete(spec: ExtensionSpec, signal: AbortSignal) {
    const { extension } = spec
    const found = await findOwn(extension, spec, signal)
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
    async provision(order) {
      validateSpec(order)
      const signal = AbortSignal.timeout(timeouts.callMs)
      const { extension } = order
      const made = reload.run(() =>
        ensureCreated({
          find: () => findComplete(order, signal),
          execute: () => addExtension(gql, toFreepbxExtension(order), signal),
          unconfirmedMessage: `FreePBX said that it made extension ${extension}, and it is not there`,
          pauseMs,
          signal,
        }),
      )
      return withAbort(signal, made)
    },
    async remove(extension, spec) {
      validateExtension(extension)
      const signal = AbortSignal.timeout(timeouts.callMs)
      // One that is gone may have been taken away by a try that ended before its reload.
      const removed = reload.run(() =>
        ensureRemoved({
          find: () => findOwn(extension, spec, signal),
          execute: () => deleteExtension(gql, extension, signal),
          unconfirmedMessage: `FreePBX said that it deleted extension ${extension}, and it is still there`,
          pauseMs,
          signal,
        }),
      )
      return withAbort(signal, removed)
    },
    close: () => gql.close(),
  }
}

type OwnershipProof = Pick<ExtensionSpec, 'ownershipTag' | 'secret'>

/** Somebody may have renamed it there; but nobody else has a secret that FreePBX made for us. */
const isOwn = ({ names, secret }: FreepbxExtension, spec: OwnershipProof): boolean =>
  secret === spec.secret || names.some((name) => name.endsWith(nameSuffix(spec.ownershipTag)))

/** Bytes that its tables keep of a name, and of no more. */
const MAX_NAME_BYTES = 50

const nameSuffix = (mark: string): string =>
  ` #${createHash('sha256').update(mark).digest('hex').slice(0, 8)}`
