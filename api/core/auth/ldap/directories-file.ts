import { isIP } from 'node:net'
import { z } from 'zod'
import { Role } from '../../../../contract/claims.ts'
import { isDn } from './distinguished-name.ts'

const dn = z.string().refine(isDn, 'must be the name of an entry, such as OU=People,DC=example,DC=org')
const attribute = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, 'must be the name of an attribute, such as mail')
const path = z.string().min(1, 'must be the path of a file')

/** @param placeholder what the filter must contain */
const filter = (placeholder: string) =>
  z
    .string()
    .regex(/^\(.+\)$/s, 'must be a filter in brackets, such as (uid={login})')
    .refine((text) => text.includes(placeholder), `must contain ${placeholder}`)

const LdapUrl = z.string().refine((text) => parseLdapUrl(text) !== undefined, {
  error: 'must be ldap://host or ldaps://host, with a port where it is not the usual one',
})

const DirectorySettings = z
  .strictObject({
    // Part of `User.source`.
    id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'must be 1 to 32 of a-z, 0-9 and -'),
    name: z.string().min(1).max(100).optional(),
    url: LdapUrl,
    start_tls: z.boolean().default(false),
    insecure_plaintext: z.boolean().default(false),
    ca_file: path.optional(),
    bind_dn: dn.optional(),
    bind_password_file: path.optional(),
    base_dn: dn,
    user_filter: filter('{login}'),
    attributes: z
      .strictObject({
        username: attribute,
        unique_id: z.union([z.literal('dn'), attribute]),
        email: attribute.optional(),
        display_name: attribute.optional(),
        extension: attribute.optional(),
      })
      .refine(({ unique_id: id, ...others }) => !Object.values(others).includes(id), {
        path: ['unique_id'],
        error: 'must be an attribute of its own, such as objectGUID or entryUUID',
      }),
    group_attribute: attribute.default('memberOf'),
    group_search: z.strictObject({ base_dn: dn, filter: filter('{') }).optional(),
    roles: z.record(dn, Role).default({}),
    required_group: dn.optional(),
    create_accounts: z.boolean().default(false),
    timeout_ms: z.number().int().min(100).max(10_000).default(5_000),
  })
  .superRefine((one, { addIssue }) => {
    const issue = (member: string, message: string) => addIssue({ code: 'custom', path: [member], message })
    const url = parseLdapUrl(one.url)
    if (url === undefined) return
    if (url.isTls && one.start_tls) issue('start_tls', 'must be left out with ldaps://, which is TLS already')
    if (!url.isTls && !one.start_tls && !one.insecure_plaintext && !isLoopback(url.host))
      issue('url', 'must be ldaps://, or with start_tls: passwords would cross the network in clear text')
    if ((one.bind_dn === undefined) !== (one.bind_password_file === undefined))
      issue('bind_password_file', 'must be set together with bind_dn')
    if (one.group_search !== undefined && !/\{(dn|username)\}/.test(one.group_search.filter))
      issue('group_search', 'must have a filter with {dn} or {username}')
  })
export type DirectorySettings = z.output<typeof DirectorySettings>

/** The file of the directories: see docs/sign-in.md. */
export const DirectoriesFile = z
  .strictObject({
    check_minutes: z.number().min(0.05).max(1_440).default(15),
    directories: z.array(DirectorySettings).min(1).max(20),
  })
  .refine(({ directories }) => new Set(directories.map(({ id }) => id)).size === directories.length, {
    path: ['directories'],
    error: 'must have different ids',
  })
export type DirectoriesFile = z.output<typeof DirectoriesFile>

export interface LdapUrl {
  isTls: boolean
  host: string
  port: number
}

/** @returns undefined for a URL with anything beside scheme, host and port */
export function parseLdapUrl(text: string): LdapUrl | undefined {
  const [, scheme, name, six, digits] =
    /^(ldaps?):\/\/(?:([A-Za-z0-9._-]+)|\[([0-9A-Fa-f:.]+)\])(?::(\d{1,5}))?\/?$/.exec(text) ?? []
  const host = name ?? six
  const isTls = scheme === 'ldaps'
  const port = digits === undefined ? (isTls ? 636 : 389) : Number(digits)
  if (host === undefined || port < 1 || port > 65_535 || (six !== undefined && isIP(six) !== 6))
    return undefined
  return { isTls, host, port }
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
