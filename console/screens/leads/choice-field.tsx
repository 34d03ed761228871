import { SelectField } from '../../components/field.tsx'

/** A choice of one value, or of none by its empty option. */
export function ChoiceField({
  label,
  value,
  empty,
  options,
  onValue,
  ...rest
}: {
  label: string
  value: string | undefined
  /** Text of the empty option; undefined: there is none. */
  empty?: string | undefined
  options: readonly (readonly [value: string, label: string])[]
  onValue(value: string): void
  error?: string | undefined
}) {
  return (
    <SelectField
      label={label}
      value={value ?? ''}
      onChange={(event) => onValue(event.target.value)}
      {...rest}
    >
      {empty !== undefined && <option value="">{empty}</option>}
      {options.map(([one, text]) => (
        <option key={one} value={one}>
          {text}
        </option>
      ))}
    </SelectField>
  )
}

export const toOptions = (choices: readonly { id: number; name: string }[]) =>
  choices.map(({ id, name }) => [String(id), name] as const)
