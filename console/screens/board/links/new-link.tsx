import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { dataOf } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import { Button } from '../../../components/button.tsx'
import { Dialog, DialogActions } from '../../../components/dialog.tsx'
import { useErrorText } from '../../../components/error-text.ts'
import { SelectField, TextField } from '../../../components/field.tsx'
import { componentMessages } from '../../../components/messages.ts'
import { Notice } from '../../../components/notice.tsx'
import { showToast } from '../../../components/toast.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import styles from '../board.module.css'
import { boardMessages } from '../messages.ts'
import { useTeams } from '../use-board.ts'

/** Makes a link, and then shows it once. */
export function NewLinkDialog({ onClose }: { onClose(): void }) {
  const [link, setLink] = useState<string>()
  return link === undefined ? (
    <LinkForm onLink={setLink} onClose={onClose} />
  ) : (
    <MadeLink link={link} onClose={onClose} />
  )
}

const DAY_MS = 86_400_000

function LinkForm({ onLink, onClose }: { onLink(link: string): void; onClose(): void }) {
  const texts = useMessages(boardMessages)
  const { cancel } = useMessages(componentMessages)
  const describeError = useErrorText()
  const { api, claims } = useConsole()
  const queries = useQueryClient()
  const teams = useTeams()
  const [error, setError] = useState<string>()
  const [isBusy, setBusy] = useState(false)

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const [team, days] = [String(form.get('team') ?? ''), Number(form.get('days') ?? '')]
    setBusy(true)
    setError(undefined)
    try {
      const made = await dataOf(
        api.POST('/api/v1/wallboards', {
          body: {
            name: String(form.get('name') ?? ''),
            hides_names: form.has('hides_names'),
            ...(team === '' ? {} : { team }),
            expires_at: days > 0 ? new Date(Date.now() + days * DAY_MS).toISOString() : null,
          },
        }),
      )
      await queries.invalidateQueries({ queryKey: ['wallboards'] })
      onLink(made.link)
    } catch (err) {
      setError(describeError(err))
      setBusy(false)
    }
  }

  return (
    <Dialog title={texts.newLink} onClose={onClose}>
      <form className={styles.form} onSubmit={(event) => void submit(event)}>
        <TextField label={texts.columns.name} hint={texts.nameHint} name="name" required maxLength={100} />
        {claims.role === 'admin' && teams.length > 0 && (
          <SelectField label={texts.team} name="team">
            <option value="">{texts.allTeams}</option>
            {teams.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </SelectField>
        )}
        <SelectField label={texts.columns.expires} name="days">
          {([0, 1, 30, 365] as const).map((days) => (
            <option key={days} value={days}>
              {days === 0 ? texts.never : texts.inDays(days)}
            </option>
          ))}
        </SelectField>
        <label className={styles.check}>
          <input type="checkbox" name="hides_names" /> {texts.hideNames}
        </label>
        {error !== undefined && <Notice tone="danger">{error}</Notice>}
        <DialogActions>
          <Button onClick={onClose}>{cancel}</Button>
          <Button tone="primary" type="submit" disabled={isBusy}>
            {texts.makeLink}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

function MadeLink({ link, onClose }: { link: string; onClose(): void }) {
  const texts = useMessages(boardMessages)
  const { close } = useMessages(componentMessages)
  // Where the installation knows no address of its own, the API answers with a path.
  const whole = new URL(link, location.origin).href
  async function copy() {
    try {
      // Undefined where the page came without TLS.
      await navigator.clipboard.writeText(whole)
      showToast(texts.copied)
    } catch {
      showToast(texts.copyFailed, 'danger')
    }
  }
  return (
    <Dialog title={texts.linkMade} onClose={onClose}>
      <p>{texts.linkOnce}</p>
      <p className={styles.secret}>{whole}</p>
      <DialogActions>
        <Button onClick={() => void copy()}>{texts.copy}</Button>
        <Button tone="primary" onClick={onClose}>
          {close}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
