import { useSearch } from '@tanstack/react-router'
import { useEffect } from 'react'
import { numberToDial } from '../../app/number-to-dial.ts'
import { Button } from '../../components/button.tsx'
import { usePhone } from '../../components/calls/use-phone.ts'
import { Icon } from '../../components/icon.tsx'
import { EmptyState } from '../../components/notice.tsx'
import { useMessages } from '../../i18n/messages.ts'
import styles from './dial.module.css'
import { dialMessages } from './messages.ts'
import { readDialLink } from './read-dial-link.ts'

const MAX_SHOWN = 80

/**
 * Where a `tel:` link, or a link of another program, leads: `/console/dial?to=…`. It puts the number into the phone, and
 * the person calls by a click.
 *
 * A link must not place a call: any page, mail or document can hold one, and can open it without a click. Such a call
 * costs money, reveals the person’s number, and opens their microphone to a stranger. For the same reason no button has
 * the focus: a key that was meant for another window must not call either.
 */
export function DialScreen() {
  const texts = useMessages(dialMessages)
  const { to } = useSearch({ from: '/dial' })
  const { canDial, dial } = usePhone()
  const number = readDialLink(to)
  useEffect(() => numberToDial.set(number), [number])

  if (number === undefined) {
    return (
      <>
        <h1>{texts.title}</h1>
        <EmptyState title={texts.refused}>
          {to !== '' && <code className={styles.refused}>{shorten(to)}</code>}
        </EmptyState>
      </>
    )
  }
  return (
    <>
      <h1>{texts.title}</h1>
      <p className={styles.number}>{number}</p>
      <p>{texts.hint}</p>
      <div>
        <Button tone="success" disabled={!canDial} onClick={() => void dial(number)}>
          <Icon name="phone" />
          {texts.call}
        </Button>
      </div>
    </>
  )
}

const shorten = (text: string) => (text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)} …` : text)
