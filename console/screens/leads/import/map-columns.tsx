import { useMessages } from '../../../i18n/messages.ts'
import styles from '../leads.module.css'
import importStyles from './import.module.css'
import { MEMBERS, type Member, type Preview } from './import-api.ts'
import { importMessages } from './messages.ts'

/** The first rows of the list, and above each column the member of a lead that it fills. */
export function MapColumns({
  preview,
  columns,
  onColumns,
}: {
  preview: Preview
  columns: readonly (Member | null)[]
  onColumns(columns: readonly (Member | null)[]): void
}) {
  const texts = useMessages(importMessages)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls has to be reached by keys
    <section className={importStyles.scroll} tabIndex={0} aria-label={texts.preview}>
      <table className={importStyles.table}>
        <thead>
          <tr>
            {preview.columns.map(({ header }, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns are known by their place
              <th key={at} scope="col">
                <strong>{header || texts.columnOf(at + 1)}</strong>
                <select
                  aria-label={texts.memberOf(header || texts.columnOf(at + 1))}
                  value={columns[at] ?? ''}
                  onChange={(event) => {
                    const member = MEMBERS.find((one) => one === event.target.value) ?? null
                    onColumns(columns.map((one, place) => (place === at ? member : one)))
                  }}
                >
                  <option value="">{texts.ignored}</option>
                  {MEMBERS.map((member) => (
                    <option key={member} value={member}>
                      {texts.members[member]}
                    </option>
                  ))}
                </select>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {preview.rows.map((cells, row) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows are known by their place
            <tr key={row}>
              {cells.map((cell, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: as above
                <td key={at} className={columns[at] === null ? styles.soft : undefined}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
