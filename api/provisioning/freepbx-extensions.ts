import { z } from 'zod'
import { ProvisioningError } from '../core/provisioning/provisioner.ts'
import type { FreepbxGql } from './freepbx-gql.ts'
import { unreachableError } from './provisioning-errors.ts'

/** An extension on FreePBX. */
export interface FreepbxExtension {
  /** Names of its user and its device. */
  names: string[]
  /** Of its device; undefined if its creation stopped half-way. */
  secret: string | undefined
}

export interface NewFreepbxExtension {
  extension: string
  name: string
  email: string
  /** How many phones may be registered at once; with 1, a new registration replaces the old one. */
  maxContacts: number
  /** PIN of its mailbox; undefined: no mailbox. */
  voicemailPin: string | undefined
}

const FIND_QUERY = `query ($extension: ID) {
  fetchExtension(extensionId: $extension) {
    status message extensionId
    user { extension name extPassword }
    coreDevice { description }
  }
}`

const text = z.string().nullish()
const Found = z.object({
  fetchExtension: z.object({
    user: z.object({ name: text, extPassword: text }).nullish(),
    coreDevice: z.object({ description: text }).nullish(),
  }),
})

export async function findExtension(
  gql: FreepbxGql,
  extension: string,
  signal: AbortSignal,
): Promise<FreepbxExtension | undefined> {
  const answer = await gql.request(FIND_QUERY, { extension }, signal)
  if ('reason' in answer) {
    if (/does not exist/i.test(answer.reason)) return undefined
    // Not `refused`: a failed read must not roll back a registration.
    throw unreachableError(`FreePBX does not show the extension: ${answer.reason}`)
  }
  const found = Found.safeParse(answer.data)
  if (!found.success) throw unreachableError('FreePBX returned the extension in an unknown format')
  const { user, coreDevice } = found.data.fetchExtension
  return {
    names: [user?.name, coreDevice?.description].filter((name) => typeof name === 'string'),
    secret: user?.extPassword || undefined,
  }
}

/** Omitted options default to yes: a mailbox, and an account in User Manager that needs a password. */
const ADD_MUTATION = `mutation ($extension: ID!, $name: String!, $email: String!, $contacts: String, $vm: Boolean, $pin: String) {
  addExtension(input: {
    extensionId: $extension, name: $name, email: $email, tech: "pjsip", maxContacts: $contacts,
    umEnable: false, vmEnable: $vm, vmPassword: $pin
  }) { status message }
}`

/**
 * Requests an extension. The caller must look it up afterwards: FreePBX also reports success for failures, and an
 * extension in use may be our own.
 * @throws {ProvisioningError} `refused` with the reason of FreePBX, `taken` if the number is in use but not shown
 */
export async function addExtension(
  gql: FreepbxGql,
  spec: NewFreepbxExtension,
  signal: AbortSignal,
): Promise<void> {
  const { extension, name, email, maxContacts, voicemailPin } = spec
  const answer = await gql.request(
    ADD_MUTATION,
    {
      extension,
      name,
      email,
      contacts: String(maxContacts),
      vm: voicemailPin !== undefined,
      pin: voicemailPin ?? '',
    },
    signal,
  )
  if (!('reason' in answer)) return
  if (!/already in use/i.test(answer.reason)) {
    throw new ProvisioningError('refused', `FreePBX does not make the extension: ${answer.reason}`)
  }
  if ((await findExtension(gql, extension, signal)) === undefined) {
    throw new ProvisioningError(
      'taken',
      `extension ${extension} is in use on FreePBX, by what it does not show`,
    )
  }
}

const DELETE_MUTATION = `mutation ($extension: ID!) {
  deleteExtension(input: { extensionId: $extension }) { status message }
}`

/** @throws {ProvisioningError} `refused` with the reason of FreePBX; a missing extension is not an error */
export async function deleteExtension(
  gql: FreepbxGql,
  extension: string,
  signal: AbortSignal,
): Promise<void> {
  const answer = await gql.request(DELETE_MUTATION, { extension }, signal)
  if ('reason' in answer && !/does not exist/i.test(answer.reason)) {
    throw new ProvisioningError('refused', `FreePBX does not delete the extension: ${answer.reason}`)
  }
}
