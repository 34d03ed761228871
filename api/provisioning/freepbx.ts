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
  /** Creates a mailbox with a random PIN; an operator has to set another one. Default: false. */
  voicemail?: boolean | undefined
  maxContacts?: number | undefined
  /** Milliseconds. */
  now: () => number
  log: Logger
  timeouts?: Partial<FreepbxTimeouts>
}

export interface FreepbxTimeouts extends PbxTimeouts {
  /** Interval at which the state of a reload is polled. */
  pollMs: number
  reloadMs: number
  /** How long a reload waits for extensions that are being created. */
  gatherMs: number
}

/**
 * SIP extensions of FreePBX 16 and 17. FreePBX generates the secret, and of all fields of a new extension it returns
 * only the name and the outbound caller id. So the name ends with eight digits derived from the ownership tag, as in
 * `Alice Smith #9f86d081`; they show that the extension is ours. The name alone would be no proof: a client chooses
 * it at registration, and could so obtain another user's secret.
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
    // The field is required but may be empty.
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

  /** @throws {ProvisioningError} `taken`, `unconfirmed` if it is ours but incomplete */
  async function findComplete(spec: ExtensionSpec, signal: AbortSignal) {
    const { extension } = spec
    const found = await findOwn(extension, spec, signal)
    if (found === undefined) return undefined
    const { secret } = found
    if (secret !== undefined) return { extension, authUsername: extension, secret }
    throw new ProvisioningError(
      'unconfirmed',
      `extension ${extension} is on FreePBX without a secret: delete it there, then it is created again`,
    )
  }

  return {
    name: 'freepbx',
    async provision(spec) {
      validateSpec(spec)
      const signal = AbortSignal.timeout(timeouts.callMs)
      const { extension } = spec
      const created = reload.run(() =>
        ensureCreated({
          find: () => findComplete(spec, signal),
          execute: () => addExtension(gql, toFreepbxExtension(spec), signal),
          unconfirmedMessage: `FreePBX reported extension ${extension} as created, but it does not exist`,
          pauseMs,
          signal,
        }),
      )
      return withAbort(signal, created)
    },
    async remove(extension, spec) {
      validateExtension(extension)
      const signal = AbortSignal.timeout(timeouts.callMs)
      // Reload also if it is missing: an earlier attempt may have ended before its reload.
      const removed = reload.run(() =>
        ensureRemoved({
          find: () => findOwn(extension, spec, signal),
          execute: () => deleteExtension(gql, extension, signal),
          unconfirmedMessage: `FreePBX reported extension ${extension} as deleted, but it still exists`,
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

/** An operator may have renamed it on FreePBX; then the secret shows that it is ours. */
const isOwn = ({ names, secret }: FreepbxExtension, spec: OwnershipProof): boolean =>
  secret === spec.secret || names.some((name) => name.endsWith(nameSuffix(spec.ownershipTag)))

/** Bytes of a name that the tables of FreePBX store. */
const MAX_NAME_BYTES = 50

const nameSuffix = (ownershipTag: string): string =>
  ` #${createHash('sha256').update(ownershipTag).digest('hex').slice(0, 8)}`
