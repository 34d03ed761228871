import { type KeyboardEvent, type ReactNode, useId, useLayoutEffect, useRef } from 'react'
import styles from './tabs.module.css'

interface TabsProps<Name extends string> {
  /** Names the list of tabs. */
  label: string
  tabs: readonly { name: Name; label: string }[]
  selected: Name
  onSelect(name: Name): void
  /** What the selected tab shows. */
  children: ReactNode
}

/** Tabs (WAI-ARIA APG) that select with a click, Enter or the space bar; arrows, Home and End move the focus. */
export function Tabs<Name extends string>({ label, tabs, selected, onSelect, children }: TabsProps<Name>) {
  const id = useId()
  const list = useRef<HTMLDivElement>(null)

  // One row that scrolls sideways: also a tab that an address opens is in view.
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever another tab is selected
  useLayoutEffect(() => {
    const row = list.current
    const tab = row?.querySelector<HTMLElement>('[aria-selected=true]')
    if (row === null || !tab) return
    row.scrollLeft = tab.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2
  }, [selected])

  function move(event: KeyboardEvent) {
    const all = [...(list.current?.querySelectorAll<HTMLButtonElement>('[role=tab]') ?? [])]
    const index = all.indexOf(document.activeElement as HTMLButtonElement)
    const next = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: -1 }[event.key]
    if (next === undefined) return
    event.preventDefault()
    all.at(next % all.length)?.focus()
  }

  return (
    <>
      <div ref={list} role="tablist" aria-label={label} className={styles.list} onKeyDown={move}>
        {tabs.map((tab) => (
          <button
            key={tab.name}
            type="button"
            role="tab"
            id={`${id}-${tab.name}`}
            aria-selected={tab.name === selected}
            aria-controls={`${id}-panel`}
            tabIndex={tab.name === selected ? 0 : -1}
            className={styles.tab}
            onClick={() => onSelect(tab.name)}
          >
            {tab.label}
          </button>
        ))}
      </div>
      <div
        role="tabpanel"
        id={`${id}-panel`}
        aria-labelledby={`${id}-${selected}`}
        className={styles.panel}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a panel may begin with text that has to be reached
        tabIndex={0}
      >
        {children}
      </div>
    </>
  )
}
