import type { ButtonHTMLAttributes, ReactNode } from 'react'
import styles from './button.module.css'

type Tone = 'plain' | 'primary' | 'danger' | 'success' | 'quiet'

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  tone?: Tone
  children: ReactNode
}

/** A button with a text. A disabled one has the reason as its `title`. */
export const Button = ({ tone = 'plain', className, type = 'button', ...rest }: ButtonProps) => (
  <button type={type} className={classNames(styles.button, toneClass(tone), className)} {...rest} />
)

/** A button that shows only an icon; `label` is its name and its tooltip. */
export const IconButton = ({
  label,
  tone = 'quiet',
  className,
  ...rest
}: ButtonProps & { label: string }) => (
  <Button
    tone={tone}
    className={classNames(styles.icon, className)}
    aria-label={label}
    title={label}
    {...rest}
  />
)

const toneClass = (tone: Tone) => (tone === 'plain' ? undefined : styles[tone])

/** Joins the classes that are set. */
export const classNames = (...names: (string | false | undefined)[]): string =>
  names.filter(Boolean).join(' ')
