import { randomBytes } from 'node:crypto'
import { text } from 'node:stream/consumers'
import type { User } from '../../api/core/auth/users.ts'
import { Role } from '../../contract/claims.ts'
import { parseArguments } from '../arguments.ts'
import { assignExtension, describeQuarantine } from './assign-extension.ts'
import { type Command, CommandError, formatTable, formatTime, unknownVerb } from './command.ts'
import { withAdminContext } from './context.ts'
import { IMPORT_HELP, importFlags, importUsers } from './import-users.ts'
import { findDirectoryPerson, providerOf } from './load-directories.ts'
import { type AdminContext, BY_ADMIN } from './services.ts'

/** `users list|add|extension|passwd|authority|unlock|reset-factors|link|unlink|disable|enable|delete|import`. */
export const usersCommand: Command = {
  help: `\
  users list                    all users
  users add <name> [--role user|supervisor|admin] [--extension <number> [--reuse]] [--must-change]
                                a new user; the password comes from stdin, or is made and shown once.
                                A number that another person had rests, for 30 days unless set otherwise, as
                                its files are that person's: move them away, then add --reuse
  users extension <name> <number>|none [--reuse]
                                another extension, or none; ends the user's sessions
  users passwd <name> [--must-change]
                                a new password, from stdin or made; ends the user's sessions, and lifts a
                                lock after too many wrong passwords at once. With --must-change, also of users
                                add, it opens no session before the user has replaced it
  users authority <name> phone|local
                                where the password is verified: phone is the PBX, with the SIP secret of the
                                person's phone; local is here, with a new password, from stdin or made. Ends
                                the user's sessions
  users unlock <name>           lifts such a lock at once, and nothing else (an address that tried too many
                                names has to wait all the same)
  users reset-factors <name>    remove the user's second factors and app passwords; ends the user's sessions. The
                                password stays; a role that must have a second factor adds one at the next sign-in
  users link <name> ldap:<directory> <id>
                                makes an account belong to a person of a directory: from now on the password there
                                counts, and no other; ends the user's sessions. The id is what directories check
                                --user shows
  users link <name> oidc:<provider> <sub>
                                lets the person with that sub at an identity provider sign in as the user
  users unlink <name> oidc:<provider>
                                removes such a link; sessions go on: see sessions end
  users disable|enable <name>   a disabled user cannot log in; disabling ends the user's sessions
  users delete <name> --force   delete the user; ends the user's sessions. Their calls stay in the history, without
                                a person: see history purge
${IMPORT_HELP}`,
  verbs: [
    'list',
    'add',
    'extension',
    'passwd',
    'authority',
    'unlock',
    'reset-factors',
    'link',
    'unlink',
    'disable',
    'enable',
    'delete',
    'import',
  ],
  run,
}

async function run(args: string[]): Promise<void> {
  const { values: flags, positionals } = parseArguments({
    args,
    allowPositionals: true,
    options: {
      role: { type: 'string' },
      extension: { type: 'string' },
      reuse: { type: 'boolean' },
      'must-change': { type: 'boolean' },
      force: { type: 'boolean' },
      ...importFlags,
    },
  })
  const [verb, name, argument, sourceId] = positionals
  const reuse = flags.reuse ?? false
  const mustChange = flags['must-change'] ?? false
  await withAdminContext(async (context) => {
    switch (verb) {
      case 'list':
        return console.log(await listUsers(context))
      case 'add': {
        const role = Role.safeParse(flags.role ?? 'user')
        if (name === undefined) throw new CommandError('users add <name>; see users --help')
        if (!role.success) throw new CommandError(`--role is one of ${Role.options.join(', ')}`)
        const { password, shown } = await readOrGeneratePassword()
        const extension = flags.extension ?? null
        const account = {
          username: name,
          password,
          role: role.data,
          extension,
          mustChangePassword: mustChange,
        }
        const assigned = await assignExtension(context, extension, async () =>
          context.accountAdmin.add(account, BY_ADMIN, { reuse }),
        )
        return console.log(`added ${describe(assigned.result)}${shown}${assigned.warning}`)
      }
      case 'extension': {
        const user = await context.requireUser(name)
        if (argument === undefined) throw new CommandError('users extension <name> <number>|none; see --help')
        const extension = argument === 'none' ? null : argument
        if (extension === user.extension) return console.log(`${describe(user)} has it already`)
        const { warning } = await assignExtension(context, extension, () =>
          context.accountAdmin.update(user.id, { extension }, BY_ADMIN, { reuse }),
        )
        const changed = describe({ ...user, extension })
        return console.log(
          `${changed}; their sessions are over${describeQuarantine(context, user.extension)}${warning}`,
        )
      }
      case 'passwd': {
        const user = await context.requireUser(name)
        const { password, shown } = await readOrGeneratePassword()
        await context.accountAdmin.setPassword(user.id, password, BY_ADMIN, { mustChange })
        return console.log(`${describe(user)} has a new password; their sessions are over${shown}`)
      }
      case 'authority': {
        const user = await context.requireUser(name)
        return console.log(await changeAuthority(context, user, argument))
      }
      case 'unlock': {
        const user = await context.requireUser(name)
        await context.accountAdmin.unlock(user.id, BY_ADMIN)
        return console.log(`${describe(user)} may try to log in afresh; their sessions go on`)
      }
      case 'link': {
        const user = await context.requireUser(name)
        const source = argument ?? ''
        const providerId = context.requireProvider(source)
        if (providerId !== undefined) {
          if (sourceId === undefined)
            throw new CommandError('users link <name> oidc:<provider> <sub>; see users --help')
          await context.providerLinks.link(user, { providerId, subject: sourceId }, BY_ADMIN)
          return console.log(`${describe(user)} may sign in through ${source}`)
        }
        const origin = await findDirectoryPerson(context.loadDirectories(), source, sourceId)
        await context.accountAdmin.link(user.id, origin, BY_ADMIN)
        return console.log(`${describe(user)} signs in by ${source}; their sessions are over`)
      }
      case 'reset-factors': {
        const user = await context.requireUser(name)
        await context.resetFactors(user.id, BY_ADMIN)
        return console.log(
          `${describe(user)} has no second factor and no app password any more; their sessions are over`,
        )
      }
      case 'disable': {
        const user = await context.requireUser(name)
        await context.accountAdmin.disable(user.id, BY_ADMIN)
        return console.log(`${describe(user)} is disabled; their sessions are over`)
      }
      case 'enable': {
        const user = await context.requireUser(name)
        await context.accountAdmin.enable(user.id, BY_ADMIN)
        return console.log(`${describe(user)} may log in again`)
      }
      case 'unlink': {
        const user = await context.requireUser(name)
        const providerId = providerOf(argument)
        if (providerId === undefined)
          throw new CommandError('users unlink <name> oidc:<provider>; see users --help')
        await context.providerLinks.unlink(user, providerId, BY_ADMIN)
        return console.log(`${describe(user)} may not sign in through ${argument} any more`)
      }
      case 'delete': {
        const user = await context.requireUser(name)
        if (!flags.force) throw new CommandError(`this deletes ${describe(user)} for good: add --force`)
        await context.accountAdmin.remove(user.id, BY_ADMIN)
        return console.log(
          `${describe(user)} is deleted; their sessions are over${describeQuarantine(context, user.extension)}`,
        )
      }
      case 'import':
        return importUsers(context, positionals.slice(1), flags)
      default:
        throw unknownVerb('users', verb, usersCommand.verbs)
    }
  })
}

async function changeAuthority(
  { passwordAuthorities }: AdminContext,
  user: User,
  authority: string | undefined,
): Promise<string> {
  if (authority === 'phone') {
    if (user.passwordAuthority === 'phone')
      return `${describe(user)} signs in with the phone's secret already`
    await passwordAuthorities.set(user.id, { authority }, BY_ADMIN)
    return `${describe(user)} signs in with the SIP secret of the phone; their sessions are over`
  }
  if (authority !== 'local') throw new CommandError('users authority <name> phone|local; see --help')
  const { password, shown } = await readOrGeneratePassword()
  await passwordAuthorities.set(user.id, { authority, password }, BY_ADMIN)
  return `${describe(user)} has a password here; their sessions are over${shown}`
}

/** From stdin where something is piped in; otherwise generated, and shown only once. */
async function readOrGeneratePassword(): Promise<{ password: string; shown: string }> {
  const piped = process.stdin.isTTY ? '' : (await text(process.stdin)).replace(/\r?\n$/, '')
  if (piped !== '') return { password: piped, shown: '' }
  const password = randomBytes(15).toString('base64url')
  return { password, shown: `\npassword: ${password}   (shown only once)` }
}

const describe = ({ username, role, extension }: User) =>
  `${username} (${role}${extension === null ? '' : `, extension ${extension}`})`

const describeState = ({ disabled, mustChangePassword }: User) =>
  [disabled && 'disabled', mustChangePassword && 'must change password'].filter(Boolean).join(', ')

async function listUsers({ users }: AdminContext): Promise<string> {
  const rows = [['id', 'name', 'role', 'extension', 'since', '']]
  for (let afterId: string | undefined; ; ) {
    const page = await users.list({ limit: 500, ...(afterId && { afterId }) })
    for (const user of page) {
      const { id, username, role, extension, createdAt } = user
      rows.push([id, username, role, extension ?? '-', formatTime(createdAt), describeState(user)])
    }
    afterId = page.at(-1)?.id
    if (afterId === undefined) return formatTable(rows)
  }
}
