import { createStore } from './store.ts'

/** What rings now; the dock of the phone sets it. */
export interface Ringing {
  count: number
  /** For the title of the page. */
  text: string
}

export const ringing = createStore<Ringing | undefined>(undefined)

const MAX_SHOWN = 99

/** How a count is written where there is little room. */
export const shortCount = (count: number): string => (count > MAX_SHOWN ? `${MAX_SHOWN}+` : String(count))

/**
 * The title of the page.
 * @param isOn whether a call that rings is shown; it alternates with the screen’s own title
 */
export function titleOf(screen: string, missed: number, rings: Ringing | undefined, isOn: boolean): string {
  if (rings !== undefined && isOn) return `📞 ${rings.text}`
  return missed > 0 ? `(${shortCount(missed)}) ${screen}` : screen
}

/** The number on the icon of the installed page. A call that rings is not missed yet, but waits for the person as well. */
export const badgeOf = (missed: number, rings: Ringing | undefined): number => missed + (rings?.count ?? 0)

/** @param icon an SVG of 32 by 32; @returns the same with a count in its corner */
export const iconWithCount = (icon: string, count: number): string =>
  icon.replace(
    '</svg>',
    `<circle cx="23" cy="9" r="9" fill="#b3261e"/><text x="23" y="13" font-family="sans-serif" font-size="11" ` +
      `font-weight="700" text-anchor="middle" fill="#fff">${count > 9 ? '9+' : count}</text></svg>`,
  )
