import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { DialPolicy } from '../../api/core/dialling/policy.ts'
import { Refusal } from '../../api/core/refusal.ts'
import { openDialPolicy } from '../../api/dial-policy-file.ts'
import { readEnv } from '../../contract/env.ts'
import { readWords } from '../words.ts'
import { type Command, CommandError, table, time, unknownVerb } from './command.ts'
import { inOffice, type Office } from './office.ts'

const Settings = z.object({ HOOKSWITCH_DIAL_POLICY: z.string().optional() })
const MOST_CHARACTERS = 200
const PAGE = 1_000

/** `dnc add|remove|list|import`: numbers that nobody calls from here. */
export const doNotCallCommand: Command = {
  help: `\
  dnc add <number>… [--reason <text>]
                                these numbers are not called from here, neither by hand nor by a campaign
  dnc remove <number>…          they may be called again
  dnc list                      all of them, since when and why
  dnc import <file> [--reason <text>]
                                the same as add for a file with a number a line`,
  verbs: ['add', 'remove', 'list', 'import'],
  run,
}

async function run(words: string[]): Promise<void> {
  const { values: flags, positionals } = readWords({
    args: words,
    allowPositionals: true,
    options: { reason: { type: 'string' } },
  })
  const [verb, ...rest] = positionals
  const reason = flags.reason ?? 'by an admin'
  if (reason.length > MOST_CHARACTERS)
    throw new CommandError(`--reason has up to ${MOST_CHARACTERS} characters`)
  const policy = openDialPolicy(readEnv(Settings).HOOKSWITCH_DIAL_POLICY || undefined, () => {})()
  const now = Math.floor(Date.now() / 1000)
  await inOffice(async ({ doNotCall }) => {
    switch (verb) {
      case 'add':
        return console.log(told(await doNotCall.add(numbersOf(rest, policy), reason, now)))
      case 'remove': {
        for (const number of numbersOf(rest, policy)) {
          if (!(await doNotCall.remove(number))) throw new CommandError(`${number} is not on the list`)
        }
        return console.log('removed')
      }
      case 'list':
        return printAll(doNotCall)
      case 'import':
        return console.log(told(await doNotCall.add(await numbersIn(rest, policy), reason, now)))
      default:
        throw unknownVerb('dnc', verb, doNotCallCommand.verbs)
    }
  })
}

const told = (added: number) => `${added} new on the do-not-call list`

function numbersOf(texts: readonly string[], policy: DialPolicy): string[] {
  if (texts.length === 0) throw new CommandError('which number?')
  return texts.map((text) => spelt(text, policy, JSON.stringify(text)))
}

/** One number a line; what follows a comma, a semicolon, a tab or a # is left out, and so are empty lines. */
async function numbersIn([path, stray]: readonly string[], policy: DialPolicy): Promise<string[]> {
  if (path === undefined || stray !== undefined) throw new CommandError('dnc import takes one file')
  const text = await readFile(path, 'utf8').catch(() => {
    throw new CommandError(`${path} cannot be read`)
  })
  return text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\r|\n/)
    .flatMap((line, at) => {
      const number = line.replace(/[,;\t].*| #.*|^#.*/, '').trim()
      return number === '' ? [] : spelt(number, policy, `line ${at + 1}`)
    })
}

function spelt(text: string, policy: DialPolicy, place: string): string {
  try {
    return policy.spell(text)
  } catch (err) {
    if (err instanceof Refusal) throw new CommandError(`${place} is no number; nothing was changed`)
    throw err
  }
}

async function printAll(doNotCall: Office['doNotCall']): Promise<void> {
  const rows: string[][] = [['number', 'since', 'why']]
  for (let after = ''; ; ) {
    const page = await doNotCall.list({ after, limit: PAGE })
    rows.push(...page.map(({ number, reason, addedAt }) => [number, time(addedAt), reason]))
    after = page.at(-1)?.number ?? ''
    if (page.length < PAGE) break
  }
  console.log(table(rows))
}
