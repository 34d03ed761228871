import { useLayoutEffect, useState } from 'react'

/** As in history.module.css, in rem. */
const WIDE_REM = 3.75
const NARROW_REM = 5.5
const NARROW = '(max-width: 48rem)'

/** The height of each row in pixels. All are the same: measuring each one would take longer than drawing it. */
export function useRowHeight(): number {
  const [height, setHeight] = useState(60)
  useLayoutEffect(() => {
    const narrow = matchMedia(NARROW)
    const read = () => {
      const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
      setHeight((narrow.matches ? NARROW_REM : WIDE_REM) * rem)
    }
    read()
    narrow.addEventListener('change', read)
    return () => narrow.removeEventListener('change', read)
  }, [])
  return height
}
