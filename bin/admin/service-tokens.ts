import type { ListedServiceToken } from '../../api/core/auth/service-token-store.ts'
import { DEFAULT_TOKEN_DAYS, MAX_TOKEN_DAYS } from '../../api/core/auth/service-tokens.ts'
import { isScope, SCOPES, type Scope } from '../../contract/service-token.ts'
import { parseArguments } from '../arguments.ts'
import { type Command, CommandError, formatTable, formatTime, unknownVerb } from './command.ts'
import { withAdminContext } from './context.ts'
import { type AdminContext, BY_ADMIN } from './services.ts'

const PAGE = 100

/** `service-tokens add|list|revoke`. */
export const serviceTokensCommand: Command = {
  help: `\
  service-tokens add <name> --scope <scope>[,<scope>…] [--network <cidr>[,<cidr>…]] [--days <n>]
                                a token for a program, in force for ${DEFAULT_TOKEN_DAYS} days unless --days is given (at most
                                ${MAX_TOKEN_DAYS}), in all networks unless some are named. It is shown once. Scopes:
                                ${SCOPES.slice(0, 5).join(' ')}
                                ${SCOPES.slice(5).join(' ')}
  service-tokens list           all of them, without their secrets
  service-tokens revoke <id>    no process accepts it any more, and its streams end`,
  verbs: ['add', 'list', 'revoke'],
  run,
}

async function run(args: string[]): Promise<void> {
  const { values: flags, positionals } = parseArguments({
    args,
    allowPositionals: true,
    options: {
      scope: { type: 'string', multiple: true },
      network: { type: 'string', multiple: true },
      days: { type: 'string' },
    },
  })
  const [verb, subject, stray] = positionals
  if (stray !== undefined) throw new CommandError('a name of several words is written in quotes')
  await withAdminContext(async ({ serviceTokens }) => {
    switch (verb) {
      case 'add': {
        if (subject === undefined)
          throw new CommandError('service-tokens add <name>; see service-tokens --help')
        const { token, text } = await serviceTokens.create(
          {
            name: subject,
            scopes: wordsOf(flags.scope).map(toScope),
            networks: wordsOf(flags.network),
            days: toDays(flags.days),
          },
          BY_ADMIN,
        )
        return console.log(
          `a token for ${token.name}, until ${formatTime(token.expiresAt)}\ntoken: ${text}   (shown only once)`,
        )
      }
      case 'list':
        return console.log(await listTokens(serviceTokens))
      case 'revoke': {
        if (subject === undefined)
          throw new CommandError('service-tokens revoke <id>: see service-tokens list')
        const { name } = await serviceTokens.find(subject)
        await serviceTokens.revoke(subject, BY_ADMIN)
        return console.log(`the token ${name} is revoked`)
      }
      default:
        throw unknownVerb('service-tokens', verb, serviceTokensCommand.verbs)
    }
  })
}

const wordsOf = (values: readonly string[] = []): string[] =>
  values.flatMap((value) => value.split(',')).map((word) => word.trim())

function toScope(word: string): Scope {
  if (isScope(word)) return word
  throw new CommandError(`--scope is one of ${SCOPES.join(', ')}`)
}

function toDays(text: string | undefined): number {
  if (text === undefined) return DEFAULT_TOKEN_DAYS
  const days = /^\d{1,3}$/.test(text) ? Number(text) : 0
  if (days < 1 || days > MAX_TOKEN_DAYS)
    throw new CommandError(`--days is a whole number from 1 to ${MAX_TOKEN_DAYS}`)
  return days
}

async function listTokens(serviceTokens: AdminContext['serviceTokens']): Promise<string> {
  const all: ListedServiceToken[] = []
  for (let after: ListedServiceToken | undefined; ; ) {
    const { tokens } = await serviceTokens.list({ limit: PAGE, ...(after && { after }) })
    all.push(...tokens)
    after = tokens.at(-1)
    if (tokens.length < PAGE) break
  }
  return formatTable([
    ['id', 'name', 'until', 'last used', 'networks', 'scopes', 'state'],
    ...all.map((one) => [
      one.id,
      one.name,
      formatTime(one.expiresAt),
      one.lastUsedAt === null ? '-' : formatTime(one.lastUsedAt),
      one.networks.length === 0 ? 'all' : one.networks.join(','),
      one.scopes.join(','),
      serviceTokens.stateOf(one),
    ]),
  ])
}
