import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { vi } from 'vitest'
import { commandNames, runCommand } from '../../bin/admin/commands.ts'
import { project } from '../support/build.ts'

/** What `bin/hookswitch.mjs` prints for its arguments. */
async function printedBy(args: string[]): Promise<string> {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {})
  try {
    await runCommand(args)
    return log.mock.calls.map(([line]) => String(line)).join('\n')
  } finally {
    log.mockRestore()
  }
}

/** The `HELP` text of a program that starts when it is imported. */
function helpTextOf(path: string): string {
  const [, help] = /const HELP = `([^`]*)`/.exec(readFileSync(join(project, path), 'utf8')) ?? []
  if (help === undefined) throw new Error(`${path} has no HELP text`)
  return help
}

const testHelp = () =>
  spawnSync(process.execPath, [join(project, 'bin/test.mjs'), '--help'], { encoding: 'utf8' }).stdout

const section = (title: string, help: string) => `### ${title}\n\n\`\`\`text\n${help.trim()}\n\`\`\``

/** What `--help` prints for every command, in Markdown. */
export async function cliReference(): Promise<string> {
  const sections = [section('npm start', helpTextOf('bin/start.ts')), section('npm test', testHelp())]
  for (const noun of commandNames()) {
    sections.push(section(`hookswitch ${noun}`, await printedBy([noun, '--help'])))
  }
  sections.push(section('setup', helpTextOf('bin/setup.ts')))
  sections.push(section('render-nginx', helpTextOf('bin/render-nginx.ts')))
  return sections.join('\n\n')
}
