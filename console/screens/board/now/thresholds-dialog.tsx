import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { Wire } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import { boardWords } from '../../../components/board/messages.ts'
import { Button } from '../../../components/button.tsx'
import { Dialog, DialogActions } from '../../../components/dialog.tsx'
import { useErrorText } from '../../../components/error-text.ts'
import { TextField } from '../../../components/field.tsx'
import { Loaded } from '../../../components/loaded.tsx'
import { componentMessages } from '../../../components/messages.ts'
import { Notice } from '../../../components/notice.tsx'
import { showToast } from '../../../components/toast.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import styles from '../board.module.css'
import { boardMessages } from '../messages.ts'
import { readThresholds } from './read-thresholds.ts'

type Thresholds = Wire<'BoardThresholds'>

/** Changes from which values on the boards of a team warn. */
export function ThresholdsDialog({ team, onClose }: { team: string | undefined; onClose(): void }) {
  const texts = useMessages(boardMessages)
  const { api } = useConsole()
  const params = { query: team === undefined ? {} : { team } }
  const query = useQuery({
    queryKey: ['board-thresholds', team ?? ''],
    async queryFn({ signal }) {
      const { data, response } = await api.GET('/api/v1/board/thresholds', { params, signal })
      return { thresholds: data as Thresholds, etag: response.headers.get('etag') } // a failure was thrown
    },
    staleTime: 0,
    gcTime: 0,
    // What is being typed stays.
    refetchOnWindowFocus: false,
  })
  const queries = useQueryClient()
  return (
    <Dialog title={texts.changeThresholds} onClose={onClose}>
      <Loaded query={query}>
        {({ thresholds, etag }) => (
          <ThresholdsForm
            thresholds={thresholds}
            onClose={onClose}
            onSave={async (body) => {
              const headers = etag === null ? {} : { 'if-match': etag }
              await api.PUT('/api/v1/board/thresholds', { params: { ...params, header: headers }, body })
              showToast(texts.thresholdsSaved)
              await queries.invalidateQueries({ queryKey: ['board'] })
            }}
          />
        )}
      </Loaded>
    </Dialog>
  )
}

function ThresholdsForm({
  thresholds,
  onSave,
  onClose,
}: {
  thresholds: Thresholds
  onSave(body: Thresholds): Promise<void>
  onClose(): void
}) {
  const texts = useMessages(boardMessages)
  const words = useMessages(boardWords)
  const { cancel } = useMessages(componentMessages)
  const describeError = useErrorText()
  const [error, setError] = useState<string>()
  const [isBusy, setBusy] = useState(false)

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    setBusy(true)
    setError(undefined)
    try {
      await onSave(readThresholds(new FormData(event.currentTarget), thresholds))
      onClose()
    } catch (err) {
      setError(describeError(err))
      setBusy(false)
    }
  }

  const names = Object.keys(thresholds) as (keyof Thresholds)[] // its members
  return (
    <form className={styles.form} onSubmit={(event) => void submit(event)}>
      <p>{texts.thresholdsHint}</p>
      {names.map((name) => (
        <fieldset key={name} className={styles.levels}>
          <legend>
            {words.measures[name]} <span className={styles.soft}>({texts.units[name]})</span>
          </legend>
          {(['warning', 'critical'] as const).map((level) => (
            <TextField
              key={level}
              label={words.levels[level]}
              name={`${name}.${level}`}
              type="number"
              inputMode="numeric"
              min={0}
              step={1}
              defaultValue={thresholds[name][level] ?? ''}
            />
          ))}
        </fieldset>
      ))}
      {error !== undefined && <Notice tone="danger">{error}</Notice>}
      <DialogActions>
        <Button onClick={onClose}>{cancel}</Button>
        <Button tone="primary" type="submit" disabled={isBusy}>
          {texts.save}
        </Button>
      </DialogActions>
    </form>
  )
}
