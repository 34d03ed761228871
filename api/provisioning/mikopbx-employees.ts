import { z } from 'zod'
import { ProvisioningError } from '../core/provisioning/provisioner.ts'
import type { MikopbxApi } from './mikopbx-api.ts'
import { unreachableError } from './pbx-http-client.ts'

/** What stands on a number at MikoPBX: an employee with a phone, or something else, as a queue is. */
export type NumberOwner = MikopbxEmployee | { kind: 'other' }

export interface MikopbxEmployee {
  kind: 'employee'
  id: string
  secret: string | undefined
}

export interface NewEmployee {
  extension: string
  secret: string
  name: string
  email: string | undefined
}

const AvailabilityBody = z.object({
  available: z.boolean(),
  userId: z.union([z.string(), z.number()]).transform(String).nullish(),
})
const EmployeeBody = z.object({
  number: z.union([z.string(), z.number()]).transform(String),
  sip_secret: z.string().nullish(),
})
const DefaultsBody = z.object({
  // Older ones have an empty one, which they do not take back.
  sip_transport: z.enum(['udp', 'tcp', 'tls', 'udp,tcp']).optional().catch(undefined),
})

/** @returns undefined where nothing stands on the number */
export async function findNumberOwner(
  api: MikopbxApi,
  extension: string,
  signal: AbortSignal,
): Promise<NumberOwner | undefined> {
  const number = parseResponse(
    AvailabilityBody,
    await api.request({ method: 'POST', path: 'extensions:available', json: { number: extension } }, signal),
  )
  if (number.available) return undefined
  const id = number.userId ?? ''
  if (!/^\d+$/.test(id)) return { kind: 'other' }
  const employee = parseResponse(
    EmployeeBody,
    await api.request({ method: 'GET', path: `employees/${id}` }, signal),
  )
  // The number may be an employee's mobile one.
  if (employee.number !== extension) return { kind: 'other' }
  return { kind: 'employee', id, secret: employee.sip_secret ?? undefined }
}

/**
 * Asks for an employee with an extension. Returning means nothing: MikoPBX refuses a number in use with the
 * same status as a bad field and in the operator's language, so whoever called looks again.
 * @throws {ProvisioningError} `refused` with what MikoPBX says, when the number is free
 */
export async function addEmployee(
  api: MikopbxApi,
  { extension, secret, name, email }: NewEmployee,
  signal: AbortSignal,
): Promise<void> {
  const { sip_transport } = parseResponse(
    DefaultsBody,
    await api.request({ method: 'GET', path: 'employees:getDefault' }, signal),
  )
  const answer = await api.request(
    {
      method: 'POST',
      path: 'employees',
      json: {
        number: extension,
        user_username: name,
        ...(email === undefined ? {} : { user_email: email }),
        sip_secret: secret,
        ...(sip_transport === undefined ? {} : { sip_transport }),
      },
    },
    signal,
  )
  if ('reason' in answer && (await findNumberOwner(api, extension, signal)) === undefined) {
    throw new ProvisioningError('refused', `MikoPBX does not make the extension: ${answer.reason}`)
  }
}

/** @throws {ProvisioningError} `refused` with what MikoPBX says, unless the extension is gone already */
export async function deleteEmployee(
  api: MikopbxApi,
  { extension, id }: { extension: string; id: string },
  signal: AbortSignal,
): Promise<void> {
  const answer = await api.request({ method: 'DELETE', path: `employees/${id}` }, signal)
  if ('reason' in answer && (await findNumberOwner(api, extension, signal)) !== undefined) {
    throw new ProvisioningError('refused', `MikoPBX does not delete the extension: ${answer.reason}`)
  }
}

/** A registration must not be undone because a read failed: that is never `refused`. */
function parseResponse<T extends z.ZodType>(
  shape: T,
  answer: { data: unknown } | { reason: string },
): z.output<T> {
  if ('reason' in answer) throw unreachableError(`MikoPBX does not show what is there: ${answer.reason}`)
  const { data, success } = shape.safeParse(answer.data)
  if (!success) throw unreachableError('MikoPBX shows what is there in a way that is not known')
  return data
}
