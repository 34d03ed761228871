import { useEffect, useState } from 'react'
import { TextField } from '../../components/field.tsx'

const DELAY_MS = 300

/** A text to search for, which is passed on when the user pauses. */
export function SearchField({
  label,
  value,
  onSearch,
}: {
  label: string
  value: string
  onSearch(text: string): void
}) {
  const [typed, setTyped] = useState(value)
  const [known, setKnown] = useState(value)
  const [sent, setSent] = useState(value)
  if (known !== value) {
    setKnown(value)
    // The address has changed otherwise, such as by a link. What was typed since the search goes on.
    if (value !== sent) setTyped(value)
  }
  useEffect(() => {
    const text = typed.trim()
    if (text === value) return
    const timer = setTimeout(() => {
      setSent(text)
      onSearch(text)
    }, DELAY_MS)
    return () => clearTimeout(timer)
  }, [typed, value, onSearch])
  return (
    <TextField
      label={label}
      type="search"
      value={typed}
      maxLength={100}
      onChange={(event) => setTyped(event.target.value)}
    />
  )
}
