import styles from './admin.module.css'

/** One of a few values in a form; the first is chosen unless `value` is given. */
export function RadioChoice<Value extends string>({
  legend,
  name,
  value,
  choices,
  onChoose,
}: {
  legend: string
  name: string
  value?: NoInfer<Value>
  /** The words of each value. */
  choices: Readonly<Record<Value, string>>
  onChoose?(value: NoInfer<Value>): void
}) {
  const values = Object.keys(choices) as Value[]
  return (
    <fieldset className={styles.choice}>
      <legend>{legend}</legend>
      {values.map((one, index) => (
        <label key={one}>
          <input
            type="radio"
            name={name}
            value={one}
            {...(value === undefined
              ? { defaultChecked: index === 0 }
              : { checked: one === value, onChange: () => onChoose?.(one) })}
          />
          {choices[one]}
        </label>
      ))}
    </fieldset>
  )
}
