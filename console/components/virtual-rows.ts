import { defaultRangeExtractor, useWindowVirtualizer, type Virtualizer } from '@tanstack/react-virtual'
import { type RefObject, useCallback, useLayoutEffect, useState } from 'react'
import { WHOLE_ROWS } from './whole-rows.ts'

const OVERSCAN = 5

/**
 * The rows of a long list that are near the visible part of the page. The active row is always among them, so that it can
 * take the focus and does not lose it.
 *
 * @param list the element around the rows; its height must be the total size of the virtualizer
 * @returns the virtualizer, and where a row is, in pixels below the top of the list
 */
export function useVirtualRows({
  list,
  count,
  rowHeight,
  activeRow,
  wholeRows = WHOLE_ROWS,
}: {
  list: RefObject<HTMLElement | null>
  count: number
  rowHeight: number
  activeRow: number
  wholeRows?: number
}): { rows: Virtualizer<Window, HTMLElement>; top: number } {
  const [top, setTop] = useState(0)
  // What stands above the list can grow and shrink.
  useLayoutEffect(() => {
    const measure = () => {
      const box = list.current?.getBoundingClientRect()
      if (box !== undefined) setTop(Math.round(box.top + window.scrollY))
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(document.body)
    return () => observer.disconnect()
  }, [list])

  const rows = useWindowVirtualizer<HTMLElement>({
    count,
    estimateSize: useCallback(() => rowHeight, [rowHeight]),
    overscan: count <= wholeRows ? count : OVERSCAN,
    scrollMargin: top,
    rangeExtractor: (range) => {
      const shown = defaultRangeExtractor(range)
      if (activeRow >= count || shown.includes(activeRow)) return shown
      return [...shown, activeRow].sort((a, b) => a - b)
    },
  })
  return { rows, top }
}
