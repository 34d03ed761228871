import { z } from 'zod'
import { ProvisioningError } from '../core/provisioning/provisioner.ts'
import type { MikopbxApi } from './mikopbx-api.ts'
import { unreachableError } from './provisioning-errors.ts'

/** What uses a number on MikoPBX: an employee with a phone, or something else, for example a queue. */
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
  // Older releases return an empty text, which they reject as input.
  sip_transport: z.enum(['udp', 'tcp', 'tls', 'udp,tcp']).optional().catch(undefined),
})

/** @returns undefined for a free number */
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
  // The number may be the mobile number of an employee.
  if (employee.number !== extension) return { kind: 'other' }
  return { kind: 'employee', id, secret: employee.sip_secret ?? undefined }
}

/**
 * Requests an employee with an extension. The caller must look it up afterwards: MikoPBX rejects a number in use
 * with the same status as an invalid field, and words the reason in the operator's language.
 * @throws {ProvisioningError} `refused` with the reason of MikoPBX, if the number is free
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

/** @throws {ProvisioningError} `refused` with the reason of MikoPBX; a missing extension is not an error */
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

/** A failed read is never `refused`, as it must not roll back a registration. */
function parseResponse<T extends z.ZodType>(
  shape: T,
  answer: { data: unknown } | { reason: string },
): z.output<T> {
  if ('reason' in answer) throw unreachableError(`MikoPBX cannot be read: ${answer.reason}`)
  const { data, success } = shape.safeParse(answer.data)
  if (!success) throw unreachableError('MikoPBX answered in an unknown format')
  return data
}
