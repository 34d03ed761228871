import { dataOf, type Wire } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import { useMessages } from '../../../i18n/messages.ts'
import styles from '../admin.module.css'
import { Badge } from '../badge.tsx'
import { ChoiceFilter } from '../choice-filter.tsx'
import { Facts } from '../facts.tsx'
import { adminMessages } from '../messages.ts'
import { PagedRows } from '../paged-rows.tsx'
import { useAdminSearch } from '../use-admin-search.ts'
import { usePages } from '../use-pages.ts'
import { importMessages } from './messages.ts'

/** Items of these are listed. */
export const LISTED_ACTIONS = [
  'create',
  'change',
  'enable',
  'disable',
  'link',
  'conflict',
  'changed_here',
] as const
const TONES = {
  create: 'success',
  change: 'info',
  enable: 'info',
  disable: 'danger',
  link: 'info',
  conflict: 'warning',
  changed_here: 'warning',
  unchanged: 'info',
} as const

/** What a plan does with each person. */
export function PlanItems({ plan }: { plan: Wire<'AccountImport'> }) {
  const { id, line_errors: lineErrors } = plan
  const isRunning = plan.state === 'running'
  const texts = useMessages(importMessages)
  const shared = useMessages(adminMessages)
  const { api } = useConsole()
  const [search, setSearch] = useAdminSearch()
  const action = LISTED_ACTIONS.find((one) => one === search.state)
  const list = usePages(['account-imports', id, 'items', action, isRunning], async (page, signal) => {
    const query = { ...page, ...(action === undefined ? {} : { action }) }
    const answer = api.GET('/api/v1/account-imports/{id}/items', { params: { path: { id }, query }, signal })
    const { items, ...rest } = await dataOf(answer)
    return { rows: items, ...rest }
  })
  const choices = Object.fromEntries(LISTED_ACTIONS.map((one) => [one, texts.actions[one]]))
  return (
    <>
      <div className={styles.tools}>
        <ChoiceFilter
          label={shared.state}
          value={action}
          choices={choices}
          onChoose={(value) => setSearch({ state: value })}
        />
      </div>
      <PagedRows
        list={list}
        label={texts.list}
        empty={texts.empty}
        keyOf={({ position }) => String(position)}
      >
        {(item) => <ItemRow item={item} firstError={lineErrors[0]} />}
      </PagedRows>
    </>
  )
}

interface ItemRowProps {
  item: Wire<'AccountImportItem'>
  /** Why the list is incomplete. */
  firstError: Wire<'AccountImport'>['line_errors'][number] | undefined
}

function ItemRow({ item, firstError }: ItemRowProps) {
  const texts = useMessages(importMessages)
  const membersOf = (names: readonly (keyof typeof texts.members)[]) =>
    names.map((one) => texts.members[one]).join(', ')
  const isNew = item.action === 'create' || item.action === 'disable' || item.action === 'enable'
  const isNewDisabled = item.action === 'create' && item.changes.includes('disabled')
  const isMissingKept = item.action === 'unchanged' && item.reason === 'missing'
  return (
    <div className={styles.main}>
      <p className={styles.name}>
        <bdi>{item.name ?? item.username}</bdi>
        <Badge tone={TONES[item.action]}>
          {isNewDisabled ? texts.newDisabled : texts.actions[item.action]}
        </Badge>
        {item.outcome === 'failed' && <Badge tone="danger">{texts.fields.failed}</Badge>}
      </p>
      {item.reason !== null && <p>{isMissingKept ? texts.missingKept : texts.reasons[item.reason]}</p>}
      {item.reason === 'list_incomplete' && firstError !== undefined && (
        <p>{texts.lineError(firstError.line, firstError.reason)}</p>
      )}
      {item.other_user !== null && <p>{texts.otherUser(item.other_user)}</p>}
      {item.notes.map((note) => (
        <p key={note} className={styles.soft}>
          {texts.notes[note]}
        </p>
      ))}
      <Facts
        facts={[
          [texts.fields.extension, item.extension],
          [texts.fields.username, item.username === item.extension ? null : item.username],
          [texts.fields.changes, isNew ? null : membersOf(item.changes)],
          [texts.fields.kept, membersOf(item.kept)],
          [texts.fields.line, item.line === null ? null : String(item.line)],
          [texts.fields.failed, item.detail],
        ]}
      />
    </div>
  )
}
