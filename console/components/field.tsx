import { type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, useId } from 'react'
import styles from './field.module.css'

export interface FieldProps {
  label: string
  hint?: ReactNode
  /** Shown under the field and read with it. */
  error?: string | undefined
}

type TextFieldProps = FieldProps & InputHTMLAttributes<HTMLInputElement>
/** A labelled text field. */
export function TextField({ label, hint, error, ...input }: TextFieldProps) {
  return (
    <Labelled label={label} hint={hint} error={error}>
      {(described) => <input className={styles.input} {...described} {...input} />}
    </Labelled>
  )
}

type SelectFieldProps = FieldProps & SelectHTMLAttributes<HTMLSelectElement>
/** A labelled choice of a few values; the children are `option` elements. */
export function SelectField({ label, hint, error, ...select }: SelectFieldProps) {
  return (
    <Labelled label={label} hint={hint} error={error}>
      {(described) => <select className={styles.input} {...described} {...select} />}
    </Labelled>
  )
}

interface LabelledProps extends FieldProps {
  children(described: {
    id: string
    'aria-describedby': string | undefined
    'aria-invalid': boolean
  }): ReactNode
}

/** The label, hint and error around an input of any kind. */
export function Labelled({ label, hint, error, children }: LabelledProps) {
  const id = useId()
  const describedBy = error !== undefined ? `${id}-error` : hint !== undefined ? `${id}-hint` : undefined
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      {children({ id, 'aria-describedby': describedBy, 'aria-invalid': error !== undefined })}
      {error !== undefined ? (
        <p className={styles.error} id={`${id}-error`} role="alert">
          {error}
        </p>
      ) : (
        hint !== undefined && (
          <p className={styles.hint} id={`${id}-hint`}>
            {hint}
          </p>
        )
      )}
    </div>
  )
}
