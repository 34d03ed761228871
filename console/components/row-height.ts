import { useLayoutEffect, useState } from 'react'

const NARROW = '(max-width: 48rem)'

/**
 * The height of each row of a long list in pixels. All are the same: measuring each one would take longer than drawing it.
 * @param wideRem as in the styles, in rem; `narrowRem`: on narrow pages
 */
export function useRowHeight(wideRem: number, narrowRem: number): number {
  const [height, setHeight] = useState(60)
  useLayoutEffect(() => {
    const narrow = matchMedia(NARROW)
    const read = () => {
      const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
      setHeight((narrow.matches ? narrowRem : wideRem) * rem)
    }
    read()
    narrow.addEventListener('change', read)
    return () => narrow.removeEventListener('change', read)
  }, [wideRem, narrowRem])
  return height
}
