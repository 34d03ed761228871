import { readFileSync } from 'node:fs'
import { z } from 'zod'
import {
  type AccountSyncConfig,
  accountSyncSettings,
  toAccountSourceConfig,
  toAccountSyncConfig,
} from '../../api/config/account-sync.ts'
import { pbxSettings } from '../../api/config/pbx.ts'
import { provisioningSettings } from '../../api/config/provisioning.ts'
import {
  ACCOUNT_SOURCES,
  type AccountSourceName,
  isFileSource,
} from '../../api/core/account-imports/account-source.ts'
import { isDisablingHeldBack, PLAN_ACTIONS, SIGN_INS } from '../../api/core/account-imports/import-plan.ts'
import type { AccountImport, StoredItem } from '../../api/core/account-imports/import-store.ts'
import { Role } from '../../contract/claims.ts'
import { readEnv } from '../../runtime/env.ts'
import { createLog } from '../../runtime/log.ts'
import { CommandError, formatTable, formatTime } from './command.ts'
import { type AdminContext, BY_ADMIN } from './services.ts'

export const IMPORT_HELP = `\
  users import mikopbx|freepbx|asterisk | pjsip <file> | csv <file>
               [--apply] [--disable-missing [--allow-mass-disable]] [--link]
               [--role user|supervisor|admin] [--sign-in phone|none] [--json]
                                people of a PBX become users. Without --apply it only shows what would be done.
                                --disable-missing disables users of this source that it lists no more, unless it
                                lists fewer than half of them (--allow-mass-disable). --link takes over users that
                                were made by hand with the same extension. --sign-in phone: the password is the
                                secret of the phone; none: no password until one is set
  users import --status         the last import`

export const importFlags = {
  apply: { type: 'boolean' },
  'disable-missing': { type: 'boolean' },
  'allow-mass-disable': { type: 'boolean' },
  link: { type: 'boolean' },
  'sign-in': { type: 'string' },
  json: { type: 'boolean' },
  status: { type: 'boolean' },
} as const

export interface ImportFlags {
  apply?: boolean | undefined
  'disable-missing'?: boolean | undefined
  'allow-mass-disable'?: boolean | undefined
  link?: boolean | undefined
  'sign-in'?: string | undefined
  role?: string | undefined
  json?: boolean | undefined
  status?: boolean | undefined
}

const Settings = z.object({ ...pbxSettings, ...provisioningSettings, ...accountSyncSettings })

/** `users import`. @throws {CommandError} */
export async function importUsers(
  { accountImports }: Pick<AdminContext, 'accountImports'>,
  [sourceText, path]: readonly string[],
  flags: ImportFlags,
): Promise<void> {
  const env = readEnv(Settings)
  if (flags.status === true)
    return printStatus(await accountImports.findLast(), toAccountSyncConfig(env), flags)
  const source = ACCOUNT_SOURCES.find((one) => one === sourceText)
  if (source === undefined) throw new CommandError(`users import ${ACCOUNT_SOURCES.join('|')}; see --help`)
  const file = readSourceFile(source, path)
  const role = Role.safeParse(flags.role ?? 'user')
  if (!role.success) throw new CommandError(`--role is one of ${Role.options.join(', ')}`)
  const signIn = SIGN_INS.find((one) => one === (flags['sign-in'] ?? 'none'))
  if (signIn === undefined) throw new CommandError(`--sign-in is ${SIGN_INS.join(' or ')}`)

  // Only this command needs it.
  const { createAccountSourceOpener } = await import('../../api/wiring/account-sources.ts')
  const log = createLog('hookswitch', 'silent')
  const opener = createAccountSourceOpener(toAccountSourceConfig(env), { log, now: Date.now })
  const plan = await accountImports.plan(opener.open(source, file), {
    options: {
      role: role.data,
      signIn,
      disableMissing: flags['disable-missing'] ?? false,
      allowMassDisable: flags['allow-mass-disable'] ?? false,
      link: flags.link ?? false,
    },
    by: BY_ADMIN,
  })
  let result = plan
  if (flags.apply === true) {
    const { finished } = await accountImports.start(plan.id, BY_ADMIN)
    result = await finished
  }
  const { items } = await accountImports.listItems(plan.id, {}, { limit: MAX_ITEMS })
  console.log(flags.json === true ? JSON.stringify(toJson(result, items), null, 2) : describe(result, items))
}

const MAX_ITEMS = 1_000_000

function readSourceFile(source: AccountSourceName, path: string | undefined): string | undefined {
  if (!isFileSource(source)) return undefined
  if (path === undefined) throw new CommandError(`users import ${source} <file>`)
  try {
    return readFileSync(path, 'utf8')
  } catch (err) {
    throw new CommandError(`${path} cannot be read: ${err instanceof Error ? err.message : err}`)
  }
}

function describe(run: AccountImport, items: readonly StoredItem[]): string {
  const [firstError] = run.lineErrors
  const rows = items.map((item) => [
    item.outcome === 'failed' ? 'failed' : item.action,
    item.username,
    item.extension ?? '-',
    item.name ?? '-',
    [
      item.detail ?? item.reason,
      item.action === 'create' && item.changes.disabled === true && 'disabled',
      item.action === 'unchanged' && item.reason === 'missing' && '--disable-missing would disable this user',
      item.reason === 'list_incomplete' && firstError && `line ${firstError.line}: ${firstError.reason}`,
      item.otherUser && `user ${item.otherUser}`,
      item.kept.length > 0 ? `changed here: ${item.kept.join(', ')}` : undefined,
      ...item.notes,
      item.line && `line ${item.line}`,
    ]
      .filter(Boolean)
      .join('; '),
  ])
  const table = rows.length === 0 ? [] : [formatTable([['', 'name', 'extension', 'person', ''], ...rows]), '']
  const lineErrors = run.lineErrors.map(({ line, reason }) => `line ${line}: ${reason}`)
  return [...table, ...lineErrors, summarize(run)].join('\n')
}

function summarize(run: AccountImport): string {
  const counts = PLAN_ACTIONS.filter((action) => run.counts[action] > 0)
    .map((action) => {
      const disabled = action === 'create' && run.newDisabled > 0 ? ` (${run.newDisabled} disabled)` : ''
      return `${action} ${run.counts[action]}${disabled}`
    })
    .join(', ')
  const warning = [
    ...(run.isMassDisable
      ? ['fewer than half of the known people are listed: see --allow-mass-disable']
      : []),
    ...(isDisablingHeldBack(run)
      ? ['lines could not be read, so no missing user is disabled: see --allow-mass-disable']
      : []),
  ]
    .map((text) => `\n${text}`)
    .join('')
  if (run.state === 'planned')
    return `${counts || 'no person is listed'}; nothing was changed: add --apply${warning}`
  const failed = run.failed > 0 ? `, ${run.failed} failed` : ''
  return `${counts || 'no person is listed'}; ${run.done} done${failed}${run.error === null ? '' : `; stopped: ${run.error}`}${warning}`
}

function printStatus(
  last: AccountImport | undefined,
  sync: AccountSyncConfig | undefined,
  flags: ImportFlags,
): void {
  const schedule =
    sync === undefined
      ? 'off'
      : `${sync.source} each ${sync.intervalMs / 60_000} minutes, sign-in ${sync.signIn}`
  if (flags.json === true) {
    console.log(JSON.stringify({ schedule, last: last === undefined ? null : toJson(last, []) }, null, 2))
    return
  }
  console.log(`schedule: ${schedule}`)
  if (last === undefined) {
    console.log('no import yet')
    return
  }
  const how = last.isScheduled ? 'scheduled' : 'by hand'
  console.log(
    `last: ${last.source}, ${how}, ${formatTime(last.createdAt)}, ${last.state}\n${summarize(last)}`,
  )
}

function toJson(run: AccountImport, items: readonly StoredItem[]) {
  const { id, source, state, counts, newDisabled, total, done, failed, error } = run
  return {
    ...{ id, source, state, counts, new_disabled: newDisabled, total, done, failed, error },
    line_errors: run.lineErrors,
    mass_disable: run.isMassDisable,
    items: items.map((item) => ({
      action: item.action,
      username: item.username,
      extension: item.extension,
      name: item.name,
      reason: item.reason ?? null,
      other_user: item.otherUser ?? null,
      disabled: item.changes.disabled ?? null,
      kept: item.kept,
      notes: item.notes,
      line: item.line ?? null,
      outcome: item.outcome,
      detail: item.detail,
    })),
  }
}
