import type { Logger } from '../../runtime/log.ts'
import { type Provisioner, ProvisioningError } from '../core/provisioning/provisioner.ts'
import { ensureCreated, ensureRemoved } from './idempotent.ts'
import { createMikopbxApi, type MikopbxAccess } from './mikopbx-api.ts'
import { addEmployee, deleteEmployee, findNumberOwner } from './mikopbx-employees.ts'
import { retryOnce } from './retry.ts'
import { DEFAULT_PBX_TIMEOUTS, type PbxTimeouts } from './timeouts.ts'
import { sanitizeName, validateExtension, validateSpec } from './validate-extension.ts'

export type MikopbxNeeds = MikopbxAccess & {
  /** Milliseconds. */
  now: () => number
  log: Logger
  timeouts?: Partial<PbxTimeouts>
}

/**
 * SIP extensions of MikoPBX through REST v3: one employee each, with the requested number and secret. The secret
 * shows that an extension is ours, and a different one is never returned to a client. So a repeated request must
 * have the same secret. MikoPBX applies changes by itself.
 */
export function createMikopbxProvisioner(needs: MikopbxNeeds): Provisioner & { close(): Promise<void> } {
  const timeouts: PbxTimeouts = { ...DEFAULT_PBX_TIMEOUTS, ...needs.timeouts }
  const { pauseMs } = timeouts
  const api = createMikopbxApi(needs, timeouts.requestMs, needs.now)
  if (needs.allowSelfSigned === true) {
    needs.log.warn({ event: 'pbx_unverified', pbx: 'mikopbx' }, 'the certificate of MikoPBX is not verified')
  }

  const find = (extension: string, signal: AbortSignal) =>
    retryOnce(pauseMs, signal, () => findNumberOwner(api, extension, signal))

  /** @throws {ProvisioningError} `taken` */
  async function findOwn(extension: string, secret: string, signal: AbortSignal) {
    const found = await find(extension, signal)
    if (found === undefined) return undefined
    if (found.kind === 'employee' && found.secret === secret) return found
    throw new ProvisioningError('taken', `number ${extension} is another's on MikoPBX`)
  }

  return {
    name: 'mikopbx',
    async provision(spec) {
      validateSpec(spec)
      const signal = AbortSignal.timeout(timeouts.callMs)
      const { extension, secret, displayName, email } = spec
      const name = sanitizeName(displayName, extension, MAX_NAME_BYTES)
      await ensureCreated({
        find: () => findOwn(extension, secret, signal),
        execute: () => addEmployee(api, { extension, secret, name, email }, signal),
        unconfirmedMessage: `MikoPBX reported extension ${extension} as created, but it does not exist`,
        pauseMs,
        signal,
      })
      return { extension, authUsername: extension, secret }
    },
    async remove(extension, { secret }) {
      validateExtension(extension)
      const signal = AbortSignal.timeout(timeouts.callMs)
      await ensureRemoved({
        find: () => findOwn(extension, secret, signal),
        execute: async (found) => {
          if (found !== undefined) await deleteEmployee(api, { extension, id: found.id }, signal)
        },
        unconfirmedMessage: `MikoPBX reported extension ${extension} as deleted, but it still exists`,
        pauseMs,
        signal,
      })
    },
    close: () => api.close(),
  }
}

const MAX_NAME_BYTES = 100
