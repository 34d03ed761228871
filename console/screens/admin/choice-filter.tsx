import { SelectField } from '../../components/field.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { adminMessages } from './messages.ts'

/** A filter with a few values; the empty text is all of them. */
export function ChoiceFilter({
  label,
  value,
  choices,
  onChoose,
}: {
  label: string
  value: string | undefined
  /** The words of each value. */
  choices: Readonly<Record<string, string>>
  onChoose(value: string): void
}) {
  const texts = useMessages(adminMessages)
  return (
    <SelectField label={label} value={value ?? ''} onChange={(event) => onChoose(event.target.value)}>
      <option value="">{texts.all}</option>
      {Object.entries(choices).map(([one, words]) => (
        <option key={one} value={one}>
          {words}
        </option>
      ))}
    </SelectField>
  )
}
