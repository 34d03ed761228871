import { ProvisioningError } from '../core/provisioning/provisioner.ts'
import { Refusal } from '../core/refusal.ts'

/** Why people of a PBX cannot be read. */
export function toPeopleRefusal(err: unknown): Refusal {
  if (err instanceof Refusal) return err
  if (!(err instanceof ProvisioningError)) return new Refusal('internal', { cause: err })
  const code = err.code === 'unauthorized' ? 'conflict' : 'unavailable'
  return new Refusal(code, { detail: err.message, cause: err })
}

/** A list that is not whole would disable those who are not on it. */
export const incompleteList = (pbx: string, got: number, total: number): Refusal =>
  new Refusal('unavailable', { detail: `${pbx} listed ${got} of ${total} people` })
