import { randomBytes } from 'node:crypto'
import { text } from 'node:stream/consumers'
import type { User } from '../../api/core/users.ts'
import { Role } from '../../contract/claims.ts'
import { readWords } from '../words.ts'
import { type Command, CommandError, table, time, unknownVerb } from './command.ts'
import { BY_ADMIN, inOffice, type Office } from './office.ts'

/** `users list|add|passwd|disable|enable|delete`. */
export const usersCommand: Command = {
  help: `\
  users list                    all users
  users add <name> [--role user|supervisor|admin] [--extension <number>]
                                a new user; the password comes from stdin, or is made and shown once
  users passwd <name>           a new password, from stdin or made; ends the user's sessions
  users disable|enable <name>   a disabled user cannot log in; disabling ends the user's sessions
  users delete <name> --force   delete the user; ends the user's sessions. Their calls stay in the history, without
                                a person: see history purge`,
  verbs: ['list', 'add', 'passwd', 'disable', 'enable', 'delete'],
  run,
}

async function run(words: string[]): Promise<void> {
  const { values: flags, positionals } = readWords({
    args: words,
    allowPositionals: true,
    options: { role: { type: 'string' }, extension: { type: 'string' }, force: { type: 'boolean' } },
  })
  const [verb, name] = positionals
  await inOffice(async (office) => {
    switch (verb) {
      case 'list':
        return console.log(await listUsers(office))
      case 'add': {
        const role = Role.safeParse(flags.role ?? 'user')
        if (name === undefined) throw new CommandError('users add <name>; see users --help')
        if (!role.success) throw new CommandError(`--role is one of ${Role.options.join(', ')}`)
        const { password, shown } = await passwordFor()
        const extension = flags.extension ?? null
        const user = await office.accounts.add({ username: name, password, role: role.data, extension })
        return console.log(`added ${describe(user)}${shown}`)
      }
      case 'passwd': {
        const user = await office.userNamed(name)
        const { password, shown } = await passwordFor()
        await office.changes.setPassword(user.id, password, BY_ADMIN)
        return console.log(`${describe(user)} has a new password; their sessions are over${shown}`)
      }
      case 'disable': {
        const user = await office.userNamed(name)
        await office.changes.disable(user.id, BY_ADMIN)
        return console.log(`${describe(user)} is disabled; their sessions are over`)
      }
      case 'enable': {
        const user = await office.userNamed(name)
        await office.changes.enable(user.id)
        return console.log(`${describe(user)} may log in again`)
      }
      case 'delete': {
        const user = await office.userNamed(name)
        if (!flags.force) throw new CommandError(`this forgets ${describe(user)} for good: say --force`)
        await office.changes.remove(user.id, BY_ADMIN)
        return console.log(`${describe(user)} is deleted; their sessions are over`)
      }
      default:
        throw unknownVerb('users', verb, usersCommand.verbs)
    }
  })
}

/** From stdin where something is piped in; otherwise made, and shown this once. */
async function passwordFor(): Promise<{ password: string; shown: string }> {
  const piped = process.stdin.isTTY ? '' : (await text(process.stdin)).replace(/\r?\n$/, '')
  if (piped !== '') return { password: piped, shown: '' }
  const password = randomBytes(15).toString('base64url')
  return { password, shown: `\npassword: ${password}   (shown this once, kept nowhere)` }
}

const describe = ({ username, role, extension }: User) =>
  `${username} (${role}${extension === null ? '' : `, extension ${extension}`})`

async function listUsers({ users }: Office): Promise<string> {
  const rows = [['id', 'name', 'role', 'extension', 'since', '']]
  for (let afterId: string | undefined; ; ) {
    const page = await users.list({ limit: 500, ...(afterId && { afterId }) })
    for (const { id, username, role, extension, createdAt, disabled } of page) {
      rows.push([id, username, role, extension ?? '-', time(createdAt), disabled ? 'disabled' : ''])
    }
    afterId = page.at(-1)?.id
    if (afterId === undefined) return table(rows)
  }
}
