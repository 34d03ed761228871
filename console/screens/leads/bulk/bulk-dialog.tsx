import { useEffect, useRef, useState } from 'react'
import { useConsole } from '../../../app/console-context.ts'
import { Button } from '../../../components/button.tsx'
import { Dialog, DialogActions } from '../../../components/dialog.tsx'
import { useErrorText } from '../../../components/error-text.ts'
import { componentMessages } from '../../../components/messages.ts'
import { Notice } from '../../../components/notice.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import { ChoiceField, toOptions } from '../choice-field.tsx'
import { useLeadChoices } from '../lead-choices.ts'
import { leadsMessages } from '../messages.ts'
import { LEAD_STATUSES, type LeadStatus, type LeadsSearch } from '../search.ts'
import type { Selection } from '../table/selection.ts'
import { bulkMessages } from './messages.ts'
import {
  type BulkChange,
  type BulkCount,
  type BulkProgress,
  countBulk,
  runBulk,
  targetsOf,
} from './run-bulk.ts'

export type BulkKind = 'assign' | 'status' | 'campaign'

interface BulkDialogProps {
  kind: BulkKind
  selection: Selection
  search: LeadsSearch
  onClose(): void
  onDone(): void
}

/** Asks for the value, counts the leads, and changes them with a progress. */
export function BulkDialog({ kind, selection, search, onClose, onDone }: BulkDialogProps) {
  const texts = useMessages(bulkMessages)
  const words = useMessages(leadsMessages)
  const common = useMessages(componentMessages)
  const describeError = useErrorText()
  const { api } = useConsole()
  const { agents, campaigns } = useLeadChoices()
  const [value, setValue] = useState('')
  const [matched, setMatched] = useState<BulkCount>()
  const [progress, setProgress] = useState<BulkProgress>()
  const [state, setState] = useState<'asking' | 'counting' | 'running' | 'done'>('asking')
  const [error, setError] = useState<string>()
  const running = useRef<AbortController>(undefined)
  useEffect(() => () => running.current?.abort(), [])

  const change = toChange(kind, value)
  const targets = targetsOf(selection, search)
  async function attempt(work: () => Promise<void>) {
    setError(undefined)
    try {
      await work()
    } catch (err) {
      setState('asking')
      setMatched(undefined)
      if (running.current?.signal.aborted !== true) setError(describeError(err))
    }
  }
  const count = () =>
    attempt(async () => {
      setState('counting')
      setMatched(await countBulk(api, targets, change))
      setState('asking')
    })
  const run = () =>
    attempt(async () => {
      running.current = new AbortController()
      setState('running')
      const { signal } = running.current
      setProgress(await runBulk(api, targets, change, { signal, onProgress: setProgress }))
      setState('done')
    })
  const close = () => {
    running.current?.abort()
    onClose()
    if (progress !== undefined) onDone()
  }
  const done = progress === undefined ? 0 : progress.changed + progress.unchanged + progress.refused.length
  return (
    <Dialog title={texts.kinds[kind]} onClose={close}>
      {progress === undefined && (
        <ChoiceField
          label={words.members[kind === 'assign' ? 'agentId' : kind === 'status' ? 'status' : 'campaignId']}
          value={value}
          empty={texts.choose}
          options={
            kind === 'status'
              ? LEAD_STATUSES.map((one) => [one, words.statuses[one]])
              : kind === 'assign'
                ? [['none', words.unassigned], ...toOptions(agents)]
                : [['none', words.none], ...toOptions(campaigns)]
          }
          onValue={(next) => {
            setValue(next)
            setMatched(undefined)
          }}
        />
      )}
      {value === 'do_not_call' && state !== 'done' && <Notice tone="warning">{words.doNotCallHint}</Notice>}
      {matched !== undefined && progress === undefined && (
        <p role="status">{texts.willChange(matched.count, matched.isExact)}</p>
      )}
      {progress !== undefined && (
        <>
          <progress
            max={
              matched?.isExact === false && state !== 'done'
                ? undefined
                : Math.max(matched?.count ?? 0, done, 1)
            }
            value={done}
            aria-label={texts.kinds[kind]}
          />
          <p role="status">{texts.progress(progress.changed, progress.unchanged, progress.refused.length)}</p>
          {progress.refused.length > 0 && (
            <ul>
              {progress.refused.slice(0, 20).map(({ id, reason }) => (
                <li key={id}>
                  #{id}: {reason}
                </li>
              ))}
            </ul>
          )}
        </>
      )}
      {error !== undefined && <Notice tone="danger">{error}</Notice>}
      <DialogActions>
        <Button onClick={close}>{state === 'done' ? common.close : common.cancel}</Button>
        {state !== 'done' && (
          <Button
            tone="primary"
            disabled={value === '' || state !== 'asking' || matched?.count === 0}
            onClick={() => void (matched === undefined ? count() : run())}
          >
            {matched === undefined ? texts.count : texts.change(matched.count, matched.isExact)}
          </Button>
        )}
      </DialogActions>
    </Dialog>
  )
}

function toChange(kind: BulkKind, value: string): BulkChange {
  if (kind === 'status') return { status: value as LeadStatus } // one of the options
  const id = value === 'none' ? ('none' as const) : Number(value)
  return kind === 'assign' ? { assign_to: id } : { campaign_id: id }
}
