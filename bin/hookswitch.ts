import { SettingsError } from '../contract/env.ts'
import { CommandError } from './admin/command.ts'
import { doNotCallCommand } from './admin/do-not-call.ts'
import { invitationsCommand } from './admin/invitations.ts'
import { keysCommand } from './admin/keys.ts'
import { provisioningCommand } from './admin/provisioning.ts'
import { sessionsCommand } from './admin/sessions.ts'
import { usersCommand } from './admin/users.ts'
import { tokenCommand } from './token/command.ts'

const HELP = `Usage: bin/hookswitch.mjs <command>

  keys list                     the keys tokens are signed with
  keys add [--alg HS256|EdDSA]  a new key; it signs a few seconds later, the old ones go on verifying
  keys retire <kid> [--force]   refuse everything a key has signed

  users list                    everybody who may log in
  users add <name> [--role user|supervisor|admin] [--extension <number> [--reuse]]
                                a new user; the password comes from stdin, or is made and shown once.
                                A number that another person had rests, for 30 days unless set otherwise, as
                                its files are that person's: move them away, then say --reuse
  users extension <name> <number>|none [--reuse]
                                another extension, or none; ends the user's sessions
  users passwd <name>           a new password, from stdin or made; ends the user's sessions, and lifts a
                                lock after too many wrong passwords at once
  users unlock <name>           lifts such a lock at once, and nothing else (an address that tried too many
                                names has to wait all the same)
  users disable|enable <name>   nobody of that name logs in; ends their sessions
  users delete <name> --force   forget the user; ends their sessions

  sessions list [<name>]        live sessions, the newest first
  sessions end <session id>     end one
  sessions end --user <name>    log somebody out everywhere

  invitations add [--email <address>] [--days <n>] [--role user|supervisor|admin] [--team <name>]
                                lets one person register, only that address where one is named; 7 days
                                unless told otherwise. It is shown once. Role and team are for whoever
                                uses it on the call centre's surface
  invitations list              those that can still be used

  provisioning list             extensions that are not as they should be on the PBX, and why
  provisioning retry [<extension>]
                                try again now, all of them or one

  dnc add <number>… [--reason <text>]
                                nobody calls these numbers from here, neither by hand nor by a campaign
  dnc remove <number>…          they may be called again
  dnc list                      all of them, since when and why
  dnc import <file> [--reason <text>]
                                the same as add for a file with a number a line

  token [--help]                an access token of this or another MikoPBX REST API; has settings of its own

Reads HOOKSWITCH_DATA, DATABASE_URL and the other settings of npm start. What ends a session here is
known everywhere as soon as a running api has heard of it, within a second.`

/** Each command reads its own words and prints its own answer. */
const COMMANDS: Readonly<Record<string, (words: string[]) => Promise<void>>> = {
  keys: keysCommand,
  users: usersCommand,
  sessions: sessionsCommand,
  invitations: invitationsCommand,
  provisioning: provisioningCommand,
  dnc: doNotCallCommand,
  token: tokenCommand,
}

async function main([noun, ...words]: string[]): Promise<void> {
  if (noun === undefined || noun === '--help' || noun === 'help') return console.log(HELP)
  const command = Object.hasOwn(COMMANDS, noun) ? COMMANDS[noun] : undefined
  if (command === undefined) throw new CommandError(`unknown command: ${noun}; see --help`)
  await command(words)
}

main(process.argv.slice(2)).catch((err) => {
  const known = err instanceof CommandError || err instanceof SettingsError || isUsage(err)
  console.error(known ? `hookswitch: ${(err as Error).message}` : err) // known ones are Errors
  process.exit(known ? 2 : 1)
})

function isUsage(err: unknown): boolean {
  return err instanceof Error && 'code' in err && String(err.code).startsWith('ERR_PARSE_ARGS')
}
