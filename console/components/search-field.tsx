import { type ComponentProps, useEffect, useRef, useState } from 'react'
import { TextField } from './field.tsx'

const DELAY_MS = 300

interface SearchFieldProps extends Pick<ComponentProps<typeof TextField>, 'label' | 'placeholder'> {
  type?: 'search' | 'tel'
  maxLength?: number
  value: string
  /** By then other filters may have changed. */
  onSearch(text: string): void
}

/** A text to search for, which is passed on when the user pauses. */
export function SearchField({
  type = 'search',
  maxLength = 100,
  value,
  onSearch,
  ...rest
}: SearchFieldProps) {
  const [typed, setTyped] = useState(value)
  const [known, setKnown] = useState(value)
  const [sent, setSent] = useState<string>()
  if (known !== value) {
    setKnown(value)
    setSent(undefined)
    // The address has changed otherwise, such as by a link. What was typed since the search goes on.
    if (value !== sent) setTyped(value)
  }
  const search = useRef(onSearch)
  search.current = onSearch
  useEffect(() => {
    const text = typed.trim()
    if (text === value) return
    const timer = setTimeout(() => {
      setSent(text)
      search.current(text)
    }, DELAY_MS)
    return () => clearTimeout(timer)
  }, [typed, value])
  return (
    <TextField
      {...rest}
      type={type}
      value={typed}
      maxLength={maxLength}
      autoComplete="off"
      onChange={(event) => setTyped(event.target.value)}
    />
  )
}
