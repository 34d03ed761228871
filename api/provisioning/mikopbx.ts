import type { Logger } from '../../runtime/log.ts'
import { type Provisioner, ProvisioningError } from '../core/provisioning/provisioner.ts'
import { makeOnce, removeOnce } from './idempotent.ts'
import { createMikopbxApi, type MikopbxAccess } from './mikopbx-api.ts'
import { addEmployee, deleteEmployee, findOnNumber } from './mikopbx-employees.ts'
import { again } from './retry.ts'
import { LIMITS, type Limits } from './timeouts.ts'
import { checkExtension, checkOrder, plainName } from './validate-extension.ts'

export type MikopbxNeeds = MikopbxAccess & {
  /** Milliseconds. */
  now: () => number
  log: Logger
  limits?: Partial<Limits>
}

/**
 * SIP extensions of MikoPBX, through REST v3: an employee each, with the number and the secret of the order.
 * The secret is how ours are known: nobody else could have given it, and one that is not the order's is
 * handed to nobody. So an order that is repeated must repeat its secret. MikoPBX applies changes by itself.
 */
export function createMikopbx(needs: MikopbxNeeds): Provisioner & { close(): Promise<void> } {
  const limits: Limits = { ...LIMITS, ...needs.limits }
  const { pauseMs } = limits
  const api = createMikopbxApi(needs, limits.requestMs, needs.now)
  if (needs.allowSelfSigned === true) {
    needs.log.warn({ event: 'pbx_unverified', pbx: 'mikopbx' }, 'the certificate of MikoPBX is not verified')
  }

  const find = (extension: string, signal: AbortSignal) =>
    again(pauseMs, signal, () => findOnNumber(api, extension, signal))

  /** @throws {ProvisioningError} `taken` */
  async function findOurs(extension: string, secret: string, signal: AbortSignal) {
    const found = await find(extension, signal)
    if (found === undefined) return undefined
    if (found.kind === 'employee' && found.secret === secret) return found
    throw new ProvisioningError('taken', `number ${extension} is another's on MikoPBX`)
  }

  return {
    name: 'mikopbx',
    async provide(order) {
      checkOrder(order)
      const signal = AbortSignal.timeout(limits.callMs)
      const { extension, secret, displayName, email } = order
      const name = plainName(displayName, extension, MOST_NAME)
      await makeOnce({
        find: () => findOurs(extension, secret, signal),
        act: () => addEmployee(api, { extension, secret, name, email }, signal),
        unconfirmed: `MikoPBX said that it made extension ${extension}, and it is not there`,
        pauseMs,
        signal,
      })
      return { extension, authUsername: extension, secret }
    },
    async remove(extension, { secret }) {
      checkExtension(extension)
      const signal = AbortSignal.timeout(limits.callMs)
      await removeOnce({
        find: () => findOurs(extension, secret, signal),
        act: async (found) => {
          if (found !== undefined) await deleteEmployee(api, { extension, id: found.id }, signal)
        },
        unconfirmed: `MikoPBX said that it deleted extension ${extension}, and it is still there`,
        pauseMs,
        signal,
      })
    },
    close: () => api.close(),
  }
}

const MOST_NAME = 100
