import { z } from 'zod'
import type { Invitation } from '../../api/core/registration/invitations.ts'
import { Email } from '../../api/core/values/email.ts'
import { Role } from '../../contract/claims.ts'
import { parseArguments } from '../arguments.ts'
import { type Command, CommandError, formatTable, formatTime, unknownVerb } from './command.ts'
import { withAdminContext } from './context.ts'
import { type AdminContext, BY_ADMIN } from './services.ts'

const Team = z
  .string()
  .trim()
  .regex(/^[^\p{C}]{1,100}$/u)
const PAGE = 500
const Days = z.coerce.number().int().min(1).max(365)

/** `invitations add|list`. */
export const invitationsCommand: Command = {
  help: `\
  invitations add [--email <address>] [--days <n>] [--role user|supervisor|admin] [--team <name>]
                                lets one person register, only that address where one is named, within 7 days
                                unless --days is given. It is shown once. Role and team are for an account
                                made on the call center's surface
  invitations list              those that can still be used`,
  verbs: ['add', 'list'],
  run,
}

async function run(args: string[]): Promise<void> {
  const { values: flags, positionals } = parseArguments({
    args,
    allowPositionals: true,
    options: {
      email: { type: 'string' },
      days: { type: 'string' },
      role: { type: 'string' },
      team: { type: 'string' },
    },
  })
  const [verb, stray] = positionals
  if (stray !== undefined) throw new CommandError('an address is given as --email <address>')
  await withAdminContext(async ({ invitations }) => {
    switch (verb) {
      case 'add': {
        const email = flags.email === undefined ? null : parseEmail(flags.email)
        const days = Days.safeParse(flags.days ?? 7)
        if (!days.success) throw new CommandError('--days is a whole number from 1 to 365')
        const as = { role: parseRole(flags.role), team: parseTeam(flags.team) }
        const { invitation, token } = await invitations.create(
          { email, days: days.data, deliver: 'link', ...as },
          BY_ADMIN,
        )
        const recipient = email ?? 'any person who has it'
        return console.log(
          `an invitation for ${recipient}, until ${formatTime(invitation.expiresAt)}\ninvitation: ${token}   (shown only once)`,
        )
      }
      case 'list':
        return console.log(await listOpen(invitations))
      default:
        throw unknownVerb('invitations', verb, invitationsCommand.verbs)
    }
  })
}

function parseEmail(text: string): string {
  const email = Email.safeParse(text)
  if (!email.success) throw new CommandError('--email is an address like name@example.org')
  return email.data
}

/** Role of the new account on the call center's surface; `user` by default. */
function parseRole(text: string | undefined): Role | null {
  if (text === undefined) return null
  const role = Role.safeParse(text)
  if (!role.success) throw new CommandError('--role is user, supervisor or admin')
  return role.data
}

function parseTeam(text: string | undefined): string | null {
  if (text === undefined) return null
  const team = Team.safeParse(text)
  if (!team.success) throw new CommandError('--team is a name of at most 100 characters')
  return team.data
}

async function listOpen(invitations: AdminContext['invitations']): Promise<string> {
  const open: Invitation[] = []
  for (let after: Invitation | undefined; ; ) {
    const page = await invitations.list({ state: 'pending' }, { limit: PAGE, ...(after && { after }) })
    open.push(...page.invitations)
    after = page.invitations.at(-1)
    if (page.invitations.length < PAGE) break
  }
  return formatTable([
    ['for', 'since', 'until', 'as', 'team'],
    ...open.map(({ email, role, team, createdAt, expiresAt }) => [
      email ?? 'anybody',
      formatTime(createdAt),
      formatTime(expiresAt),
      role ?? '',
      team ?? '',
    ]),
  ])
}
