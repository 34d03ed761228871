import type { Wire } from '../../api/client.ts'
import { formatDuration, formatNumber } from '../../i18n/format.ts'
import { useLanguage, useMessages } from '../../i18n/messages.ts'
import { Icon } from '../icon.tsx'
import styles from './measures.module.css'
import { boardWords } from './messages.ts'

type Measure = Wire<'BoardMeasure'>

/** The measures of a board. One that has reached a threshold has a colour, a mark and a word. */
export function Measures({ measures }: { measures: readonly Measure[] }) {
  const texts = useMessages(boardWords)
  const format = useMeasureFormat()
  return (
    <ul className={styles.measures}>
      {measures.map(({ name, value, level }) => (
        <li key={name} className={styles.measure} data-measure={name} data-level={level}>
          <span className={styles.name}>{texts.measures[name]}</span>
          <b className={styles.value}>{format(name, value)}</b>
          <span className={styles.level}>
            {level !== 'normal' && (
              <>
                <Icon name="warning" size={16} /> {texts.levels[level]}
              </>
            )}
          </span>
        </li>
      ))}
    </ul>
  )
}

/** @returns a function that words a value: seconds as a clock, the answer rate in per cent */
export function useMeasureFormat() {
  const language = useLanguage()
  return (name: Measure['name'], value: number | null): string => {
    if (value === null) return '–'
    if (name === 'answer_rate') return percent(language, value / 100)
    if (name === 'longest_wait' || name === 'longest_break') return formatDuration(value)
    return formatNumber(language, value)
  }
}

/** @param share 0 to 1 */
export const percent = (language: string, share: number): string =>
  new Intl.NumberFormat(language, { style: 'percent' }).format(share)
