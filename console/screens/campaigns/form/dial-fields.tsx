import { useId } from 'react'
import { SelectField, TextField } from '../../../components/field.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import styles from '../campaigns.module.css'
import type { Draft } from '../draft.ts'
import { campaignMessages } from '../messages.ts'

interface DialFieldsProps {
  draft: Draft
  errorOf(field: keyof Draft): string | undefined
  onChange(change: Partial<Draft>): void
}

/** How leads are dialed. */
export function DialFields({ draft, errorOf, onChange }: DialFieldsProps) {
  const { form: texts } = useMessages(campaignMessages)
  const { fields, hints } = texts
  const zones = useId()
  const field = (name: TextName) => ({
    name,
    label: fields[name],
    value: draft[name],
    error: errorOf(name),
    onChange: ({ target }: { target: HTMLInputElement }) => onChange({ [name]: target.value }),
  })
  const number = (name: TextName) => ({ ...field(name), inputMode: 'numeric' as const })
  return (
    <div className={styles.columns}>
      <SelectField
        label={fields.dialerMode}
        value={draft.dialerMode}
        onChange={({ target }) =>
          onChange({ dialerMode: target.value === 'PREVIEW' ? 'PREVIEW' : 'PROGRESSIVE' })
        }
      >
        <option value="PROGRESSIVE">{texts.modes.PROGRESSIVE}</option>
        <option value="PREVIEW">{texts.modes.PREVIEW}</option>
      </SelectField>
      <TextField {...field('callerId')} hint={hints.callerId} type="tel" autoComplete="off" />
      <TextField {...field('timeZone')} hint={hints.timeZone} list={zones} autoComplete="off" />
      <datalist id={zones}>
        {Intl.supportedValuesOf('timeZone').map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
      <TextField {...field('trunk')} hint={hints.trunk} autoComplete="off" />
      <TextField {...number('maxAttempts')} />
      <TextField {...number('retryDelayMinutes')} />
      <TextField {...number('busyMinutes')} hint={hints.delay} />
      <TextField {...number('noAnswerMinutes')} hint={hints.delay} />
      <TextField {...number('maxConcurrentCalls')} />
      <TextField {...number('wrapUpSeconds')} hint={hints.wrapUp} />
    </div>
  )
}

type TextName = {
  [Name in keyof Draft]: Draft[Name] extends string ? Name : never
}[keyof Draft]
