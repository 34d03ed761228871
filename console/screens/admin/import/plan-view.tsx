import { useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { dataOf, type Wire } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import { Button } from '../../../components/button.tsx'
import { ConfirmDialog } from '../../../components/dialog.tsx'
import { useErrorText } from '../../../components/error-text.ts'
import { Loaded } from '../../../components/loaded.tsx'
import { Notice } from '../../../components/notice.tsx'
import { formatTime } from '../../../i18n/format.ts'
import { useLanguage, useMessages } from '../../../i18n/messages.ts'
import styles from '../admin.module.css'
import { Badge } from '../badge.tsx'
import { Facts } from '../facts.tsx'
import { useReloadLists } from '../reload-lists.ts'
import { importMessages } from './messages.ts'
import { LISTED_ACTIONS, PlanItems } from './plan-items.tsx'

const PROGRESS_MS = 1_000
const TONES = { planned: 'info', running: 'info', done: 'success', failed: 'danger' } as const

/** A plan, its application and its result. */
export function PlanView({ id }: { id: string }) {
  const { api } = useConsole()
  const plan = useQuery({
    queryKey: ['admin', 'account-imports', id],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/v1/account-imports/{id}', { params: { path: { id } }, signal })),
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? PROGRESS_MS : false),
  })
  return <Loaded query={plan}>{(found) => <Plan plan={found} />}</Loaded>
}

function Plan({ plan }: { plan: Wire<'AccountImport'> }) {
  const texts = useMessages(importMessages)
  const language = useLanguage()
  const heading = useId()
  const [isConfirming, setConfirming] = useState(false)
  const counts = [...LISTED_ACTIONS, 'unchanged' as const].filter((action) => (plan.counts[action] ?? 0) > 0)
  return (
    <section aria-labelledby={heading} className={styles.form}>
      <div className={styles.form}>
        <h2 id={heading} className={styles.name}>
          {texts.planOf(texts.sources[plan.source], formatTime(language, plan.created_at))}{' '}
          <Badge tone={TONES[plan.state]}>{texts.states[plan.state]}</Badge>
        </h2>
        {counts.length === 0 ? (
          <p>{texts.nothing}</p>
        ) : (
          <Facts
            facts={[
              ...counts.map((action) => [texts.actions[action], String(plan.counts[action])] as const),
              [texts.newDisabled, plan.new_disabled > 0 ? String(plan.new_disabled) : null] as const,
            ]}
          />
        )}
        {plan.mass_disable && !plan.options.allow_mass_disable && (
          <Notice tone="warning">{texts.massDisable}</Notice>
        )}
        {plan.line_errors.length > 0 && <LineErrors plan={plan} />}
        <Outcome plan={plan} />
        {plan.state === 'planned' && plan.total > 0 && (
          <div className={styles.actions}>
            <Button tone="primary" onClick={() => setConfirming(true)}>
              {texts.apply}
            </Button>
          </div>
        )}
      </div>
      {isConfirming && <ApplyDialog plan={plan} onClose={() => setConfirming(false)} />}
      <PlanItems plan={plan} />
    </section>
  )
}

function LineErrors({ plan: { line_errors: lineErrors, options } }: { plan: Wire<'AccountImport'> }) {
  const texts = useMessages(importMessages)
  return (
    <Notice tone="warning">
      <p>{texts.lineErrors}</p>
      <ul>
        {lineErrors.map(({ line, reason }) => (
          <li key={`${line} ${reason}`}>{texts.lineError(line, reason)}</li>
        ))}
      </ul>
      {options.disable_missing && !options.allow_mass_disable && <p>{texts.heldBack}</p>}
    </Notice>
  )
}

function Outcome({ plan: { state, done, failed, total, error } }: { plan: Wire<'AccountImport'> }) {
  const texts = useMessages(importMessages)
  const id = useId()
  if (state === 'planned') return null
  if (state === 'running') {
    return (
      <div>
        <label htmlFor={id}>{texts.progress(done + failed, total)}</label>
        <progress id={id} className={styles.progress} value={done + failed} max={total} />
      </div>
    )
  }
  return (
    <Notice tone={state === 'failed' ? 'danger' : failed > 0 ? 'warning' : 'success'}>
      {error !== null && `${texts.stopped(error)} `}
      {texts.result(done, failed)}
    </Notice>
  )
}

function ApplyDialog({ plan, onClose }: { plan: Wire<'AccountImport'>; onClose(): void }) {
  const texts = useMessages(importMessages)
  const { api } = useConsole()
  const reload = useReloadLists()
  const describeError = useErrorText()
  const disabled = plan.counts.disable ?? 0
  async function apply() {
    const params = { path: { id: plan.id } }
    await api.POST('/api/v1/account-imports/{id}/apply', { params })
    reload()
  }
  return (
    <ConfirmDialog
      title={texts.applyTitle(plan.total)}
      action={texts.apply}
      tone={disabled > 0 ? 'danger' : 'primary'}
      onConfirm={apply}
      onClose={onClose}
      describeError={describeError}
    >
      {(disabled > 0 || plan.new_disabled === 0) && texts.applyWhat(disabled)}{' '}
      {plan.new_disabled > 0 && texts.applyNewDisabled(plan.new_disabled)}
    </ConfirmDialog>
  )
}
