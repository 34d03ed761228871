import { useMessages } from '../../i18n/messages.ts'
import styles from './ai.module.css'
import { type DiffLine, diffTexts, foldUnchanged } from './diff/text-diff.ts'
import type { Field, FieldName, Values } from './fields.ts'
import { aiMessages } from './messages.ts'

interface DocumentDiffProps {
  fields: readonly Field[]
  before: Values
  after: Values
}

/** The fields that differ, each line with a sign, a colour and, for screen readers, a word. */
export function DocumentDiff({ fields, before, after }: DocumentDiffProps) {
  const texts = useMessages(aiMessages)
  const labelOf = ({ name }: Field) => texts.fields[name as FieldName] // every field of the lists has its text
  const textOf = ({ name, kind }: Field, values: Values) => {
    const value = values[name] ?? ''
    return kind === 'flag' ? (value === '' ? texts.no : texts.yes) : value
  }
  const differ = fields.map((field) => ({
    field,
    lines: diffTexts(textOf(field, before), textOf(field, after)),
  }))
  const changed = differ.filter(({ lines }) => lines.some(({ kind }) => kind !== 'same'))
  const same = differ.filter((one) => !changed.includes(one))
  if (changed.length === 0) return <p role="status">{texts.comparison.same}</p>
  const count = (kind: DiffLine['kind']) =>
    changed.flatMap(({ lines }) => lines).filter((line) => line.kind === kind).length
  return (
    <div className={styles.diffs}>
      <p role="status">{texts.comparison.summary(count('inserted'), count('deleted'))}</p>
      <p className={styles.soft}>{texts.comparison.legend}</p>
      {changed.map(({ field, lines }) => (
        <div key={field.name}>
          <h3>{labelOf(field)}</h3>
          <Lines label={labelOf(field)} lines={lines} />
        </div>
      ))}
      {same.length > 0 && (
        <p className={styles.soft}>
          {texts.comparison.unchanged(same.map(({ field }) => labelOf(field)).join(', '))}
        </p>
      )}
    </div>
  )
}

const SIGNS = { same: ' ', deleted: '−', inserted: '+' } as const

function Lines({ label, lines }: { label: string; lines: readonly DiffLine[] }) {
  const { comparison: texts } = useMessages(aiMessages)
  const shown = foldUnchanged(lines).map((line, at) => ({ id: at, line }))
  return (
    <ul aria-label={label} className={styles.diff}>
      {shown.map(({ id, line }) =>
        line.kind === 'gap' ? (
          <li key={id} className={styles.gap}>
            … {texts.gap(line.lines)}
          </li>
        ) : (
          <li key={id} data-kind={line.kind}>
            <span aria-hidden="true">{SIGNS[line.kind]}</span>
            {line.kind !== 'same' && <span className="visually-hidden">{texts[line.kind]}</span>}
            <span className={styles.line} dir="auto">
              <Parts line={line} />
            </span>
          </li>
        ),
      )}
    </ul>
  )
}

function Parts({ line: { kind, parts } }: { line: DiffLine }) {
  const Changed = kind === 'deleted' ? 'del' : 'ins'
  return parts.map(({ text, isChanged }, at) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a line have no other name
    isChanged ? <Changed key={at}>{text}</Changed> : text,
  )
}
