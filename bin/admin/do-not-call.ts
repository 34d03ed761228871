import { readFile } from 'node:fs/promises'
import type { DialPolicy } from '../../api/core/dialling/policy.ts'
import type { Spellings } from '../../api/core/dialling/spellings.ts'
import { Refusal } from '../../api/core/refusal.ts'
import { readWords } from '../words.ts'
import { type Command, CommandError, table, time, unknownVerb } from './command.ts'
import { readNumbers } from './number-list.ts'
import { inOffice, type Office } from './office.ts'

const MOST_CHARACTERS = 200
const PAGE = 1_000

/** `dnc add|remove|list|import`: numbers that nobody calls from here. */
export const doNotCallCommand: Command = {
  help: `\
  dnc add <number>… [--reason <text>]
                                these numbers are not called from here, neither by hand nor by a campaign;
                                emergency numbers are refused
  dnc remove <number>…          they may be called again
  dnc list                      all of them, since when and why
  dnc import <file> [--reason <text>]
                                the same as add for a file with a number a line, or an area code
                                and a number in two cells; a line that is neither changes nothing`,
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
  await inOffice(async ({ doNotCall, policy: read }) => {
    const policy = read()
    const now = Math.floor(Date.now() / 1000)
    switch (verb) {
      case 'add':
        refuseEmergency(rest, policy)
        return console.log(told(await doNotCall.add(numbersOf(rest, policy), reason, now)))
      case 'remove': {
        for (const spellings of numbersOf(rest, policy)) {
          if (!(await doNotCall.remove(spellings)))
            throw new CommandError(`${spellings[0]} is not on the list`)
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

function numbersOf(texts: readonly string[], policy: DialPolicy): Spellings[] {
  if (texts.length === 0) throw new CommandError('which number?')
  return texts.map((text) => {
    try {
      return policy.spellings(text)
    } catch (err) {
      if (!(err instanceof Refusal)) throw err
      throw new CommandError(`${JSON.stringify(text)} is no number: ${err.detail}; nothing was changed`)
    }
  })
}

const NEVER = 'is an emergency number, which is never on the list'

function refuseEmergency(texts: readonly string[], policy: DialPolicy): void {
  for (const [at, [number]] of numbersOf(texts, policy).entries()) {
    if (policy.inside(number) !== 'emergency') continue
    throw new CommandError(`${JSON.stringify(texts[at])} ${NEVER}; nothing was changed`)
  }
}

/** Lines that are named of a file with bad ones. */
const MOST_NAMED = 10

/** @throws {CommandError} where a line is not one number, and then for the whole file */
async function numbersIn([path, stray]: readonly string[], policy: DialPolicy): Promise<Spellings[]> {
  if (path === undefined || stray !== undefined) throw new CommandError('dnc import takes one file')
  const bytes = await readFile(path).catch(() => {
    throw new CommandError(`${path} cannot be read`)
  })
  const { numbers, bad, emergency } = readNumbers(textOf(bytes), policy)
  const faults = [
    ...bad.map((line) => `line ${line} is no number`),
    ...emergency.map((line) => `line ${line} ${NEVER}`),
  ]
  if (faults.length === 0) return numbers
  const rest = faults.length > MOST_NAMED ? `, and ${faults.length - MOST_NAMED} more` : ''
  throw new CommandError(`${faults.slice(0, MOST_NAMED).join(', ')}${rest}; nothing was changed`)
}

/** UTF-8, or UTF-16 as Excel saves "Unicode text". Numbers are the same in older encodings; words are dropped. */
const textOf = (bytes: Uint8Array) =>
  new TextDecoder(bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8').decode(bytes)

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
