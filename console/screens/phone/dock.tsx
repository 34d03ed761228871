import { useCallback, useEffect, useRef } from 'react'
import { useConsole, useStore } from '../../app/console-context.ts'
import { numberToDial } from '../../app/number-to-dial.ts'
import { phonePort } from '../../app/phone-port.ts'
import { useShortcut } from '../../app/shortcuts.tsx'
import { AudioSettings } from '../../components/audio/audio-settings.tsx'
import { useAudioDevices } from '../../components/audio/use-audio-devices.ts'
import { Button, IconButton } from '../../components/button.tsx'
import { Icon } from '../../components/icon.tsx'
import { Notice } from '../../components/notice.tsx'
import { useMessages } from '../../i18n/messages.ts'
import type { CallCard as Card, SupervisedCall } from '../../phone/phone-types.ts'
import { CallCard } from './call-card.tsx'
import { dockChange, ownCards } from './call-truth.ts'
import { DialBox } from './dial-box.tsx'
import styles from './dock.module.css'
import { phoneMessages } from './messages.ts'
import { OtherPhoneCalls } from './other-phone-calls.tsx'
import { useIncomingAlert } from './use-incoming-alert.ts'
import { usePhone } from './use-phone.ts'

/** The phone, beside every screen. */
export function PhoneDock({ isAlone = false }: { isAlone?: boolean }) {
  const texts = useMessages(phoneMessages)
  const { snapshot, run, phone } = usePhone()
  const dialInput = useRef<HTMLInputElement>(null)
  const { live, claims } = useConsole()
  const apiCalls = useStore(live.calls)
  const { registration, calls, soundBlocked } = snapshot
  useIncomingAlert(calls)
  useAsPhoneOfScreens()
  useCallShortcuts(() => dialInput.current?.focus())

  const isBlocked = registration.state === 'blocked'
  const held = calls.some(({ state }) => state === 'held')
  const isTalking = calls.some(({ state }) => state === 'active' || state === 'remote-held')
  return (
    <section className={styles.dock} aria-label={texts.title}>
      <header className={styles.head}>
        <h2 className={styles.title}>{texts.title}</h2>
        <AudioSettings />
        {!isAlone && (
          <IconButton
            label={texts.popOut}
            onClick={() => window.open('/console/phone', 'hookswitch-phone', 'popup,width=380,height=720')}
          >
            <Icon name="popout" />
          </IconButton>
        )}
      </header>
      <p className={styles.status} data-state={registration.state} role="status">
        {texts.registration[registration.state]}
      </p>
      {isBlocked && (
        <Notice tone="warning">
          {texts.blocked[registration.reason]}
          {registration.reason === 'taken_by_other_window' && (
            <Button onClick={() => run(phone.run('takeOver'))}>{texts.takeOver}</Button>
          )}
        </Notice>
      )}
      {soundBlocked && <Notice tone="warning">{texts.soundBlocked}</Notice>}
      <ul className={styles.calls} aria-label={texts.calls}>
        {ownCards(calls, apiCalls, claims.extension).map((call) => (
          <CallCard key={call.id} call={call} />
        ))}
      </ul>
      {held && isTalking && (
        <Button onClick={() => run(phone.run('swap'))}>
          <Icon name="swap" />
          {texts.swap}
        </Button>
      )}
      <OtherPhoneCalls shown={calls} />
      <DialBox inputRef={dialInput} />
    </section>
  )
}

/** While the phone is ready, the screens call by it. */
function useAsPhoneOfScreens() {
  const { snapshot, attempt, phone } = usePhone()
  const { registration } = snapshot
  const devices = useAudioDevices()
  // A computer without a microphone calls by the desk phone. One that only denies it asks again at the next call.
  const hasMicrophone = devices?.some(({ kind }) => kind === 'audioinput') === true
  const isDenied = registration.state === 'blocked' && registration.reason === 'microphone_denied'
  const isReady = hasMicrophone && (registration.state === 'registered' || isDenied)
  const dial = useStable((number: string) => attempt(phone.run('dial', number)))
  const supervise = useStable((number: string, supervised: SupervisedCall) =>
    attempt(phone.run('dial', number, supervised)),
  )
  useEffect(() => {
    phonePort.set(isReady ? { canDial: true, dial, supervise } : undefined)
    return () => phonePort.set(undefined)
  }, [isReady, dial, supervise])
}

/** One key for what is done most, for the call that it fits. */
function useCallShortcuts(focusDial: () => void) {
  const { shortcuts } = useMessages(phoneMessages)
  const { phone } = useConsole()
  const { run } = usePhone()
  const find = useCallback(
    (isFit: (call: Card) => boolean) => phone.snapshot.get().calls.find(isFit),
    [phone],
  )
  const isUp = ({ state }: Card) => state === 'active' || state === 'remote-held'
  const rings = ({ state, direction }: Card) => state === 'ringing' && direction === 'incoming'

  useShortcut('c', shortcuts.dial, useStable(focusDial))
  useShortcut(
    'a',
    shortcuts.answer,
    useStable(() => {
      const call = find(rings)
      if (call !== undefined) run(phone.run('answer', call.id))
    }),
  )
  useShortcut(
    'x',
    shortcuts.hangUp,
    useStable(() => {
      const call = find(isUp) ?? find(rings) ?? find(({ state }) => state !== 'ended')
      if (call !== undefined) run(phone.run(rings(call) ? 'decline' : 'hangup', call.id))
    }),
  )
  useShortcut(
    'o',
    shortcuts.hold,
    useStable(() => {
      const active = find(isUp)
      const held = find(({ state }) => state === 'held')
      if (active !== undefined) run(phone.run('hold', active.id))
      else if (held !== undefined) run(phone.run('unhold', held.id))
    }),
  )
  useShortcut(
    'm',
    shortcuts.mute,
    useStable(() => {
      const call = find(isUp)
      if (call !== undefined) run(phone.run('mute', call.id, !call.muted))
    }),
  )
}

/** The same function at each render, which runs the newest one. */
function useStable<Args extends unknown[], Result>(
  act: (...args: Args) => Result,
): (...args: Args) => Result {
  const newest = useRef(act)
  newest.current = act
  return useCallback((...args: Args) => newest.current(...args), [])
}

/** In narrow windows: a button with the number of calls. A call of this page opens the phone by itself, and so does a link with a number. */
export function DockToggle({ isOpen, onChange }: { isOpen: boolean; onChange(isOpen: boolean): void }) {
  const texts = useMessages(phoneMessages)
  const { phone } = useConsole()
  const { calls } = useStore(phone.snapshot)
  const live = calls.filter(({ state }) => state !== 'ended')
  const known = useRef<ReadonlySet<string>>(new Set())
  const byItself = useRef(false)
  useEffect(() => {
    const change = dockChange(calls, known.current, byItself.current)
    known.current = new Set(calls.filter(({ state }) => state !== 'ended').map(({ id }) => id))
    if (change === undefined) return
    byItself.current = change === 'open' && (byItself.current || !isOpen)
    onChange(change === 'open')
  }, [calls, isOpen, onChange])
  const linked = useStore(numberToDial)
  useEffect(() => {
    if (linked !== undefined) onChange(true)
  }, [linked, onChange])
  return (
    <Button
      className={styles.toggle}
      tone={live.length > 0 ? 'success' : 'primary'}
      aria-expanded={isOpen}
      aria-label={isOpen ? texts.close : texts.open}
      onClick={() => {
        byItself.current = false
        onChange(!isOpen)
      }}
    >
      <Icon name={isOpen ? 'close' : 'phone'} />
      {live.length > 0 && <span>{live.length}</span>}
    </Button>
  )
}
