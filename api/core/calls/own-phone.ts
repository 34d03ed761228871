import type { Actor } from '../actor.ts'
import type { Directory } from '../directory/directory.ts'
import { Refusal } from '../refusal.ts'
import type { DialDevice } from './call-control.ts'

/** The endpoint that rings for a user. */
export interface PhoneEndpoint {
  endpoint: string
  isBrowser: boolean
}

/** The desk phone's endpoint unless only the browsers are asked for or registered. */
export function endpointFor(
  extension: string,
  device: DialDevice,
  {
    directory,
    registered,
  }: {
    directory: Pick<Directory, 'endpointOf' | 'webEndpointOf'>
    registered(extension: string): { phone: boolean; web: boolean }
  },
): PhoneEndpoint {
  const { phone, web } = registered(extension)
  const isBrowser = web && (device === 'browser' || !phone)
  return {
    endpoint: isBrowser ? directory.webEndpointOf(extension) : directory.endpointOf(extension),
    isBrowser,
  }
}

/** @throws {Refusal} `conflict` without an extension, or without the browser that was asked for */
export type OwnPhone = (actor: Pick<Actor, 'userId'>, device: DialDevice) => PhoneEndpoint

export const createOwnPhone =
  (needs: Parameters<typeof endpointFor>[2] & { directory: Pick<Directory, 'findByUser'> }): OwnPhone =>
  ({ userId }, device) => {
    const extension = needs.directory.findByUser(userId)?.extension
    if (extension === undefined)
      throw new Refusal('conflict', { detail: 'this user has no extension, so there is no phone to ring' })
    if (device === 'browser' && !needs.registered(extension).web)
      throw new Refusal('conflict', { detail: 'no browser is registered as a phone of this extension' })
    return endpointFor(extension, device, needs)
  }
