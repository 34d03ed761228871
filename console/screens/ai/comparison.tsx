import { useQuery } from '@tanstack/react-query'
import { useEffect, useId, useRef } from 'react'
import { Button } from '../../components/button.tsx'
import { SelectField } from '../../components/field.tsx'
import { Loaded } from '../../components/loaded.tsx'
import { useMessages } from '../../i18n/messages.ts'
import styles from './ai.module.css'
import type { DocumentAccess } from './document-access.ts'
import { DocumentDiff } from './document-diff.tsx'
import { aiMessages } from './messages.ts'

interface ComparisonProps {
  access: DocumentAccess
  /** Those that can be chosen. */
  versions: readonly number[]
  from: number
  to: number
  onChoose(from: number, to: number): void
  onClose(): void
}

/** What changed from one version to another. */
export function Comparison({ access, versions, from, to, onChoose, onClose }: ComparisonProps) {
  const { comparison: texts, history } = useMessages(aiMessages)
  const id = useId()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    heading.current?.focus()
  }, [])
  const both = useQuery({
    queryKey: [...access.key, 'both', from, to],
    queryFn: ({ signal }) => Promise.all([from, to].map((version) => access.read(version, signal))),
    // A version never changes.
    staleTime: Number.POSITIVE_INFINITY,
  })
  const options = [...new Set([...versions, from, to])].sort((a, b) => b - a)
  const choice = (label: string, value: number, onChange: (version: number) => void) => (
    <SelectField label={label} value={value} onChange={(event) => onChange(Number(event.target.value))}>
      {options.map((version) => (
        <option key={version} value={version}>
          {history.version(version)}
        </option>
      ))}
    </SelectField>
  )
  return (
    <section className={styles.comparison} aria-labelledby={id}>
      <h3 id={id} ref={heading} tabIndex={-1}>
        {texts.title}
      </h3>
      <div className={styles.tools}>
        {choice(texts.from, from, (version) => onChoose(version, to))}
        {choice(texts.to, to, (version) => onChoose(from, version))}
        <Button onClick={onClose}>{texts.close}</Button>
      </div>
      <Loaded query={both}>
        {([before, after]) => (
          <DocumentDiff fields={access.fields} before={before?.values ?? {}} after={after?.values ?? {}} />
        )}
      </Loaded>
    </section>
  )
}
