import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AsteriskInstall } from '../system/asterisk.ts'
import { SetupError } from '../system/setup-error.ts'
import { DEMO_ACCOUNTS } from './demo-data.ts'

/** What the templates in `bin/pbx/conf/` and `docs/asterisk/` leave open. */
export interface PbxValues {
  asterisk: AsteriskInstall
  /** Of its state; what it has there stays. */
  folder: string
  /** Of its control socket: the path has to be short. */
  run: string
  sipPort: number
  amiPort: number
  /** What makes SIP extensions; without it Asterisk opens no HTTP port. */
  ari?: { port: number; secret: string }
  /** Two ports a leg of a call. */
  rtpPorts: { first: number; last: number }
  secrets: PbxSecrets
}

export interface PbxSecrets {
  /** Of the AMI users `hookswitch-events` and `hookswitch-control`. */
  events: string
  control: string
  /** The SIP password of the desk phones 1000 to 1003. */
  phones: string
}

/** The phone 201 is the documents' own: its SIP password is as public as that user's. */
export const PHONE_201_SECRET = DEMO_ACCOUNTS.find(({ extension }) => extension === '201')?.password ?? ''

/**
 * Writes the configuration into `<folder>/etc`, for its user alone.
 * @param project the folder of `bin/` and `docs/`
 * @returns the path of asterisk.conf, for `asterisk -C`
 * @throws {SetupError} for a folder name that would end a line or begin a comment there
 * @throws {Error} naming a placeholder without a value, or that a file of docs/asterisk no longer has
 */
export function configurePbx(project: string, values: PbxValues): string {
  const { folder } = values
  const etc = join(folder, 'etc')
  for (const path of [etc, 'lib/keys', 'log', 'spool', values.run]) {
    mkdirSync(path.startsWith('/') ? path : join(folder, path), { recursive: true, mode: 0o700 })
  }
  const placeholders = templateValues(values)
  const templates = join(project, 'bin', 'pbx', 'conf')
  for (const name of readdirSync(templates)) {
    const text = readFileSync(join(templates, name), 'utf8').replace(
      /@([A-Z0-9_]+)@/g,
      (_, placeholder: string) => {
        const value = placeholders[placeholder]
        if (value === undefined)
          throw new Error(`bin/pbx/conf/${name} asks for @${placeholder}@, which has no value`)
        return value
      },
    )
    write(join(etc, name), text)
  }
  for (const [name, own] of Object.entries(documentedFiles(values))) {
    const text = readFileSync(join(project, 'docs', 'asterisk', name), 'utf8')
    write(join(etc, name), replaceEach(name, text, own))
  }
  return join(etc, 'asterisk.conf')
}

function templateValues({
  asterisk,
  folder,
  run,
  sipPort,
  rtpPorts,
  secrets,
}: PbxValues): Record<string, string> {
  return {
    FOLDER: requireSafeValue(folder),
    RUN: requireSafeValue(run),
    PREFIX: requireSafeValue(asterisk.prefix),
    MODULES: requireSafeValue(asterisk.modules),
    DATA: requireSafeValue(asterisk.data),
    SIP_PORT: String(sipPort),
    RTP_START: String(rtpPorts.first),
    RTP_END: String(rtpPorts.last),
    PHONE_SECRET: requireSafeValue(secrets.phones),
    PHONE_201_SECRET,
  }
}

/** The files that administrators are given, and what a PBX of ours has instead. */
const documentedFiles = ({ amiPort, ari, secrets }: PbxValues): Record<string, Record<string, string>> => ({
  'manager.conf': {
    'port = 5038': `port = ${amiPort}`,
    'CHANGE-ME-EVENTS': secrets.events,
    'CHANGE-ME-CONTROL': secrets.control,
  },
  'sorcery.conf': {},
  'hookswitch.conf': {},
  ...(ari === undefined
    ? {}
    : {
        'http.conf': { 'bindport = 8088': `bindport = ${ari.port}` },
        'ari.conf': { 'CHANGE-ME-ARI': requireSafeValue(ari.secret) },
      }),
})

function write(path: string, text: string): void {
  writeFileSync(path, text, { mode: 0o600 })
}

/** What would end a line or begin a comment never gets into a configuration. */
function requireSafeValue(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not come through
  if (/[;\\[\]\x00-\x1f\x7f]/.test(value))
    throw new SetupError(`Asterisk cannot be configured with a folder of this name: ${value}`)
  return value
}

function replaceEach(name: string, text: string, replacements: Record<string, string>): string {
  return Object.entries(replacements).reduce((out, [placeholder, value]) => {
    if (!out.includes(placeholder)) throw new Error(`docs/asterisk/${name} has no '${placeholder}'`)
    return out.replace(placeholder, value)
  }, text)
}
