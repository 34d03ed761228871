import fieldStyles from '../../components/field.module.css'
import { Labelled, TextField } from '../../components/field.tsx'
import { Notice } from '../../components/notice.tsx'
import { useMessages } from '../../i18n/messages.ts'
import styles from './ai.module.css'
import type { Field, FieldName } from './fields.ts'
import { aiMessages } from './messages.ts'
import { PlaceholderList } from './placeholder-list.tsx'
import type { DocumentForm } from './use-document-form.ts'

/** The fields of a document, each with its refusal under it. */
export function DocumentFields({
  form: { fields, values, setValues, problems },
  isReadOnly,
}: {
  form: DocumentForm
  isReadOnly: boolean
}) {
  const rest = problems.get('')
  return (
    <>
      {fields.map((field) => (
        <DocumentField
          key={field.name}
          field={field}
          value={values[field.name] ?? ''}
          error={problems.get(field.name)}
          isReadOnly={isReadOnly}
          onChange={(value) => setValues({ ...values, [field.name]: value })}
        />
      ))}
      {rest !== undefined && <Notice tone="danger">{rest}</Notice>}
    </>
  )
}

interface DocumentFieldProps {
  field: Field
  value: string
  error: string | undefined
  isReadOnly: boolean
  onChange(value: string): void
}

function DocumentField({ field, value, error, isReadOnly, onChange }: DocumentFieldProps) {
  const texts = useMessages(aiMessages)
  const { name, kind, rule } = field
  const label = texts.fields[name as FieldName] // every field of the lists has its text
  const common = { name, autoComplete: 'off', spellCheck: kind === 'text', dir: 'auto' } as const
  const about = { label, hint: texts.hints[name], error }
  switch (kind) {
    case 'flag':
      return (
        <label className={styles.flag}>
          <input
            type="checkbox"
            name={name}
            checked={value !== ''}
            disabled={isReadOnly}
            onChange={(event) => onChange(event.target.checked ? 'true' : '')}
          />
          {label}
        </label>
      )
    case 'text':
      return (
        <>
          <Labelled {...about}>
            {(described) => (
              <textarea
                className={fieldStyles.input}
                rows={name === 'greetingMessage' ? 3 : 12}
                {...described}
                {...common}
                value={value}
                readOnly={isReadOnly}
                onChange={(event) => onChange(event.target.value)}
              />
            )}
          </Labelled>
          {rule === 'placeholders' && <PlaceholderList content={value} />}
        </>
      )
    default:
      return (
        <TextField
          {...about}
          {...common}
          inputMode={kind === 'number' ? 'decimal' : 'text'}
          value={value}
          readOnly={isReadOnly}
          onChange={(event) => onChange(event.target.value)}
        />
      )
  }
}
