import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react'
import { useLanguage, useMessages } from '../../../i18n/messages.ts'
import styles from '../campaigns.module.css'
import { campaignMessages } from '../messages.ts'
import {
  type Cell,
  DAYS,
  drawnWeek,
  HOURS,
  neighbour,
  openness,
  toggleDay,
  toTimeText,
  type Week,
} from '../week.ts'

/** The calling hours as a week: drawn with the mouse, a finger, or Shift and the arrow keys (WAI-ARIA grid). */
export function WeekGrid({ week, onChange }: { week: Week; onChange(week: Week): void }) {
  const { form: texts } = useMessages(campaignMessages)
  const days = useDayNames('long')
  const table = useRef<HTMLTableElement>(null)
  /** The cell that has the tab stop. */
  const [current, setCurrent] = useState<Cell>({ day: 1, hour: Math.floor(week.startMinute / 60) })
  const [drawn, setDrawn] = useState<{ from: Cell; to: Cell }>()
  const rectangle = drawn === undefined ? undefined : drawnWeek(drawn.from, drawn.to)

  function focusOn(cell: Cell) {
    setCurrent(cell)
    table.current?.querySelector<HTMLElement>(`[data-cell="${cell.day}-${cell.hour}"]`)?.focus()
  }
  function finish() {
    if (drawn === undefined) return
    setDrawn(undefined)
    const isOneCell = drawn.from.day === drawn.to.day && drawn.from.hour === drawn.to.hour
    onChange(isOneCell ? toggleDay(week, drawn.from.day) : drawnWeek(drawn.from, drawn.to))
  }
  const isDrawing = drawn !== undefined
  const latestFinish = useRef(finish)
  useEffect(() => {
    latestFinish.current = finish
  })
  // On the window: the button, or Shift, may be released outside of the table.
  useEffect(() => {
    if (!isDrawing) return
    const stop = new AbortController()
    const { signal } = stop
    const drop = () => setDrawn(undefined)
    window.addEventListener('pointerup', () => latestFinish.current(), { signal })
    window.addEventListener('keyup', ({ key }) => key === 'Shift' && latestFinish.current(), { signal })
    window.addEventListener('pointercancel', drop, { signal })
    window.addEventListener('blur', drop, { signal })
    return () => stop.abort()
  }, [isDrawing])
  function onKeyDown(event: KeyboardEvent) {
    if (event.key === ' ') {
      event.preventDefault()
      return onChange(toggleDay(week, current.day))
    }
    if (event.key === 'Escape' && drawn !== undefined) {
      event.preventDefault()
      return setDrawn(undefined)
    }
    const next = neighbour(current, event.key)
    if (next === undefined) return
    event.preventDefault()
    if (event.shiftKey) setDrawn({ from: drawn?.from ?? current, to: next })
    focusOn(next)
  }
  const cellUnder = (event: PointerEvent): Cell | undefined => {
    const element = document.elementFromPoint(event.clientX, event.clientY)
    const [day, hour] = (element as HTMLElement | null)?.dataset.cell?.split('-').map(Number) ?? []
    return day === undefined || hour === undefined ? undefined : { day, hour }
  }
  return (
    <div className={styles.week}>
      <table
        ref={table}
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table is a grid if its cells are operated
        role="grid"
        aria-label={texts.hoursGroup}
        aria-multiselectable
        className={styles.grid}
        onKeyDown={onKeyDown}
        onPointerMove={(event) => {
          const to = drawn === undefined || event.buttons === 0 ? undefined : cellUnder(event)
          if (to !== undefined && drawn !== undefined) setDrawn({ ...drawn, to })
        }}
      >
        <thead>
          <tr>
            <td />
            {HOURS.map((hour) => (
              <th key={hour} scope="col">
                {hour}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {DAYS.map((day) => (
            <tr key={day}>
              <th scope="row">{days[day - 1]}</th>
              {HOURS.map((hour) => {
                const open = openness(week, { day, hour })
                const isDrawn = rectangle !== undefined && openness(rectangle, { day, hour }) !== 'none'
                return (
                  <td
                    key={hour}
                    // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: as above
                    role="gridcell"
                    data-cell={`${day}-${hour}`}
                    data-open={open}
                    data-drawn={isDrawn ? '' : undefined}
                    aria-selected={open !== 'none'}
                    aria-label={texts.cell(days[day - 1] ?? '', toTimeText(hour * 60), open !== 'none')}
                    tabIndex={current.day === day && current.hour === hour ? 0 : -1}
                    onPointerDown={(event) => {
                      if (event.button !== 0) return
                      // So that a finger draws over the other cells, too.
                      event.currentTarget.releasePointerCapture(event.pointerId)
                      setCurrent({ day, hour })
                      setDrawn({ from: { day, hour }, to: { day, hour } })
                    }}
                  />
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** Monday first. */
export function useDayNames(length: 'long' | 'short'): string[] {
  const language = useLanguage()
  const format = new Intl.DateTimeFormat(language, { weekday: length, timeZone: 'UTC' })
  // 5 January 2026 is a Monday.
  return DAYS.map((day) => format.format(Date.UTC(2026, 0, 4 + day)))
}
