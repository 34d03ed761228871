import { type KeyboardEvent, type ReactNode, useId, useRef } from 'react'
import { classNames, IconButton } from './button.tsx'
import { Icon } from './icon.tsx'
import styles from './menu.module.css'

export interface MenuItem {
  label: string
  icon?: ReactNode
  isDanger?: boolean
  isDisabled?: boolean
  /** It leads to what is shown now. */
  isCurrent?: boolean
  onSelect(): void
}

/** A button that opens a menu (WAI-ARIA menu button): arrows, Home and End move, Esc closes. */
export function Menu({
  label,
  items,
  icon,
  tabIndex,
  renderButton,
}: {
  label: string
  items: readonly MenuItem[]
  icon?: ReactNode
  /** In place of a button with an icon. */
  renderButton?(attributes: { 'aria-haspopup': 'menu'; popoverTarget: string }): ReactNode
  /** -1 where another key than Tab reaches the button. */
  tabIndex?: number
}) {
  const id = useId()
  const menu = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLSpanElement>(null)
  const options = () => [...(menu.current?.querySelectorAll<HTMLButtonElement>('button:enabled') ?? [])]

  function place() {
    const { current } = menu
    const anchor = button.current?.getBoundingClientRect()
    if (current === null || anchor === undefined) return
    const below = anchor.bottom + current.offsetHeight < window.innerHeight
    current.style.top = `${below ? anchor.bottom + 4 : Math.max(4, anchor.top - current.offsetHeight - 4)}px`
    current.style.left = `${Math.max(4, Math.min(anchor.left, window.innerWidth - current.offsetWidth - 4))}px`
  }
  function move(event: KeyboardEvent) {
    const all = options()
    const index = all.indexOf(document.activeElement as HTMLButtonElement)
    const next = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: -1 }[event.key]
    if (next === undefined) return
    event.preventDefault()
    all.at(next % all.length)?.focus()
  }

  return (
    <span ref={button}>
      {renderButton?.({ 'aria-haspopup': 'menu', popoverTarget: id }) ?? (
        <IconButton label={label} aria-haspopup="menu" popoverTarget={id} tabIndex={tabIndex}>
          {icon ?? <Icon name="more" />}
        </IconButton>
      )}
      <div
        ref={menu}
        id={id}
        role="menu"
        tabIndex={-1}
        aria-label={label}
        popover="auto"
        className={styles.menu}
        onKeyDown={move}
        onToggle={(event) => {
          if (event.newState !== 'open') return
          place()
          options()[0]?.focus()
        }}
      >
        {items.map((item) => (
          <button
            key={item.label}
            type="button"
            role="menuitem"
            tabIndex={-1}
            disabled={item.isDisabled}
            aria-current={item.isCurrent ? 'page' : undefined}
            className={classNames(styles.item, item.isDanger && styles.danger)}
            onClick={() => {
              menu.current?.hidePopover()
              item.onSelect()
            }}
          >
            {item.icon}
            {item.label}
          </button>
        ))}
      </div>
    </span>
  )
}
