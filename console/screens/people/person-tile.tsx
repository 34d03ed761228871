import { type DragEvent, type KeyboardEvent, memo, useState } from 'react'
import { CALL_DRAG_TYPE } from '../../app/phone-port.ts'
import { classNames, IconButton } from '../../components/button.tsx'
import { Icon } from '../../components/icon.tsx'
import { Menu } from '../../components/menu.tsx'
import type { Contact } from '../../components/people/directory.ts'
import { PresenceBadge } from '../../components/people/presence-badge.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { peopleScreenMessages } from './messages.ts'
import styles from './people.module.css'

/** What can be done with a person; the same object as long as the page is open. */
export interface TileActions {
  call(contact: Contact): void
  toggleFavourite(contact: Contact): void
  transfer(callId: string, contact: Contact): void
  showHistory(contact: Contact): void
  /** The tile has got the focus. */
  activate(index: number): void
}

interface TileProps {
  contact: Contact
  index: number
  column: number
  /** The tile that Tab reaches. */
  isActive: boolean
  isMe: boolean
  canDial: boolean
  /** My calls that can be transferred, with the other end. */
  myCalls: readonly { id: string; partner: string }[]
  actions: TileActions
}

/** One person. Its presence is drawn by a part of its own. */
export const PersonTile = memo(function PersonTile(props: TileProps) {
  const { contact, index, column, isActive, isMe, canDial, myCalls, actions } = props
  const { name, extension, isFavourite, userId } = contact
  const texts = useMessages(peopleScreenMessages)
  const [isTarget, setTarget] = useState(false)
  const tabIndex = isActive ? 0 : -1
  const isCallable = canDial && !isMe

  function onKeyDown(event: KeyboardEvent) {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'Enter' && isCallable) actions.call(contact)
    else if (event.key.toLowerCase() === 'f' && userId !== undefined) actions.toggleFavourite(contact)
    else return
    event.preventDefault()
  }
  function onDragOver(event: DragEvent) {
    if (isMe || !event.dataTransfer.types.includes(CALL_DRAG_TYPE)) return
    event.preventDefault()
    event.dataTransfer.dropEffect = 'move'
    setTarget(true)
  }
  function onDrop(event: DragEvent) {
    setTarget(false)
    const callId = event.dataTransfer.getData(CALL_DRAG_TYPE)
    if (isMe || callId === '') return
    event.preventDefault()
    actions.transfer(callId, contact)
  }

  return (
    // biome-ignore lint/a11y/useSemanticElements: tiles that flow over rows are no table
    <div
      role="gridcell"
      aria-colindex={column + 1}
      tabIndex={tabIndex}
      data-cell={index}
      data-extension={extension}
      className={classNames(styles.tile, isTarget && styles.target)}
      onFocus={() => actions.activate(index)}
      onKeyDown={onKeyDown}
      onDragOver={onDragOver}
      onDragLeave={() => setTarget(false)}
      onDrop={onDrop}
    >
      <span className={styles.initials} aria-hidden="true">
        {initialsOf(name)}
      </span>
      <span className={styles.who}>
        <span className={styles.name}>{name}</span>
        <span className={styles.extension}>
          {extension}
          {isMe && ` · ${texts.me}`}
        </span>
      </span>
      <span className={styles.presence}>
        <PresenceBadge extension={extension} />
      </span>
      <span className={styles.actions}>
        {userId !== undefined && (
          <IconButton
            label={isFavourite ? texts.removeFavourite(name) : texts.addFavourite(name)}
            aria-pressed={isFavourite}
            className={isFavourite ? styles.favourite : undefined}
            tabIndex={tabIndex}
            onClick={() => actions.toggleFavourite(contact)}
          >
            <Icon name="star" />
          </IconButton>
        )}
        {isCallable && (
          <IconButton
            label={texts.callPerson(name)}
            tabIndex={tabIndex}
            onClick={() => actions.call(contact)}
          >
            <Icon name="phone" />
          </IconButton>
        )}
        <Menu
          label={texts.more(name)}
          tabIndex={tabIndex}
          items={[
            ...(isMe
              ? []
              : myCalls.map(({ id, partner }) => ({
                  label: texts.transferHere(partner),
                  icon: <Icon name="transfer" />,
                  onSelect: () => actions.transfer(id, contact),
                }))),
            ...(isCallable
              ? [{ label: texts.call, icon: <Icon name="phone" />, onSelect: () => actions.call(contact) }]
              : []),
            {
              label: texts.showHistory,
              icon: <Icon name="history" />,
              onSelect: () => actions.showHistory(contact),
            },
          ]}
        />
      </span>
    </div>
  )
})

const initialsOf = (name: string): string => {
  const words = name.split(/\s+/).filter((word) => /^[\p{L}\p{N}]/u.test(word))
  const [first = '', last = ''] = [words[0], words.length > 1 ? words.at(-1) : '']
  return ([...first][0] ?? '') + ([...last][0] ?? '')
}
