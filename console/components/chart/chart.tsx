import { useEffect, useRef, useState } from 'react'
import { formatNumber } from '../../i18n/format.ts'
import { useLanguage, useMessages } from '../../i18n/messages.ts'
import { classNames } from '../button.tsx'
import styles from './chart.module.css'
import { chartMessages } from './messages.ts'
import type { Figures } from './stack.ts'

export type ChartColor = 'accent' | 'success' | 'warning' | 'danger' | 'soft' | 'line'

export interface ChartSeries {
  name: string
  color: ChartColor
  /** One a point. */
  values: Figures
}

interface ChartProps {
  /** What the figures are, such as “Calls by outcome”: the name of the picture and of the table. */
  title: string
  /** Names the first column of the table, such as “Hour”. */
  pointTitle: string
  /** `label` is short, for the axis; `name` is the whole, for the table. */
  points: readonly { label: string; name: string }[]
  series: readonly ChartSeries[]
  /** Bars are stacked. */
  kind: 'bars' | 'lines'
  /** In CSS pixels. */
  height?: number
  formatValue?(value: number): string
}

/**
 * Figures as a picture, with the same figures as a table below. What draws is loaded with the first chart. The legend
 * shows the figures of the point under the pointer.
 */
export function Chart({ title, pointTitle, points, series, kind, height = 260, formatValue }: ChartProps) {
  const texts = useMessages(chartMessages)
  const language = useLanguage()
  const format = formatValue ?? ((value: number) => formatNumber(language, value))
  const picture = useRef<HTMLDivElement>(null)
  const legend = useRef<HTMLUListElement>(null)
  const [pointed, setPointed] = useState<number | null>(null)
  const [hasFailed, setFailed] = useState(false)
  const theme = useThemeChanges()
  const latest = useRef({ points, series, format })
  latest.current = { points, series, format }
  // A parent that renders again with the same figures draws nothing again.
  const content = JSON.stringify([points, series])
  // biome-ignore lint/correctness/useExhaustiveDependencies: content stands for points and series, theme for the colours
  useEffect(() => {
    let remove: (() => void) | undefined
    let isGone = false
    setPointed(null)
    import('./draw.ts').then(
      ({ draw }) => {
        const [element, list] = [picture.current, legend.current]
        if (isGone || element === null || list === null) return
        const now = latest.current
        const swatches = [...list.querySelectorAll('[data-swatch]')].map(
          (one) => getComputedStyle(one).backgroundColor,
        )
        const own = getComputedStyle(element)
        remove = draw(element, {
          kind,
          height,
          labels: now.points.map(({ label }) => label),
          series: now.series.map((one, index) => ({ ...one, color: swatches[index] ?? own.color })),
          colors: { text: own.color, grid: own.borderTopColor, font: own.fontFamily },
          formatValue: (value) => latest.current.format(value),
          onPoint: setPointed,
        })
      },
      () => setFailed(true),
    )
    return () => {
      isGone = true
      remove?.()
    }
  }, [content, kind, height, theme, language])
  const point = pointed === null ? undefined : points[pointed]
  const text = (value: number | null | undefined) =>
    value === null || value === undefined ? '–' : format(value)
  return (
    <figure className={styles.chart}>
      {hasFailed ? (
        <p>{texts.noPicture}</p>
      ) : (
        <div ref={picture} className={styles.picture} role="img" aria-label={title} />
      )}
      <ul ref={legend} className={styles.legend} aria-hidden>
        {series.map(({ name, color, values }) => (
          <li key={name}>
            <span data-swatch className={classNames(styles.swatch, styles[color])} />
            {name}
            {point !== undefined && pointed !== null && <b>{text(values[pointed])}</b>}
          </li>
        ))}
        <li className={styles.point}>{point?.name ?? '\u00a0'}</li>
      </ul>
      <details className={styles.details}>
        <summary>{texts.table}</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
        <section className={styles.scroller} tabIndex={0} aria-label={title}>
          <table className={styles.table}>
            <caption className="visually-hidden">{title}</caption>
            <thead>
              <tr>
                <th scope="col">{pointTitle}</th>
                {series.map(({ name }) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {points.map(({ name }, index) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  {series.map((one) => (
                    <td key={one.name}>{text(one.values[index])}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </details>
    </figure>
  )
}

/** A number that changes when the colours of the page may have changed: a canvas does not follow them by itself. */
function useThemeChanges(): number {
  const [count, setCount] = useState(0)
  useEffect(() => {
    const change = () => setCount((before) => before + 1)
    const system = matchMedia('(prefers-color-scheme: dark)')
    const observer = new MutationObserver(change)
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
    system.addEventListener('change', change)
    return () => {
      observer.disconnect()
      system.removeEventListener('change', change)
    }
  }, [])
  return count
}
