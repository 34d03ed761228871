import { useConsole } from '../../app/console-context.ts'
import type { LiveCall } from '../../app/live/live.ts'
import { classNames } from '../../components/button.tsx'
import { Clock } from '../../components/calls/clock.tsx'
import { callMessages } from '../../components/calls/messages.ts'
import { Icon } from '../../components/icon.tsx'
import { Menu } from '../../components/menu.tsx'
import { superviseMessages } from '../../components/supervise/messages.ts'
import { OwnPart } from '../../components/supervise/own-part.tsx'
import { SupervisedBy } from '../../components/supervise/supervised-by.tsx'
import { isSupervisable, mineOf } from '../../components/supervise/supervision.ts'
import type { Supervise } from '../../components/supervise/use-supervise.ts'
import { useMessages } from '../../i18n/messages.ts'
import styles from './live.module.css'
import { liveMessages } from './messages.ts'

export const partyText = ({ name, number }: { name: string; number: string }): string =>
  name === '' || name === number ? number : `${name} (${number})`

/** One call: who with whom, since when, and what each phone does. */
export function CallRow({
  call,
  supervise,
  onAct,
}: {
  call: LiveCall
  supervise: Supervise
  onAct(act: 'hangup' | 'transfer'): void
}) {
  const { claims } = useConsole()
  const ways = useMessages(superviseMessages).modes
  const canBegin = isSupervisable(call, claims.extension) && mineOf(call, claims.userId) === undefined
  const texts = useMessages(liveMessages)
  const words = useMessages(callMessages)
  const { columns } = texts
  const isUp = call.state === 'up' || call.state === 'held'
  const [from, to] = [call.from, call.to].map((party) => partyText(party) || words.unknownCaller)
  return (
    <tr>
      <td data-label={columns.state}>
        <span className={classNames(styles.state, styles[call.state])}>{words.states[call.state]}</span>
      </td>
      <td data-label={columns.from}>{from}</td>
      <td data-label={columns.to}>{to}</td>
      <td data-label={columns.direction}>
        {call.direction === null ? '–' : words.directions[call.direction]}
      </td>
      <td data-label={columns.time}>
        <Clock since={call.answered_at ?? call.started_at} />
      </td>
      <td data-label={columns.phones}>
        <div>
          <Legs call={call} />
          <SupervisedBy call={call} />
          <OwnPart call={call} supervise={supervise} />
        </div>
      </td>
      <td className={styles.actions}>
        <Menu
          label={texts.actionsFor(from ?? '', to ?? '')}
          items={[
            ...(canBegin ? supervise.modes : []).map((mode) => ({
              label: ways[mode],
              icon: <Icon name={MODE_ICONS[mode]} />,
              onSelect: () => void supervise.begin(call, mode),
            })),
            {
              label: texts.transfer,
              icon: <Icon name="transfer" />,
              isDisabled: !isUp,
              onSelect: () => onAct('transfer'),
            },
            {
              label: texts.hangup,
              icon: <Icon name="hangup" />,
              isDanger: true,
              onSelect: () => onAct('hangup'),
            },
          ]}
        />
      </td>
    </tr>
  )
}

const MODE_ICONS = { listen: 'speaker', whisper: 'microphone', join: 'people' } as const

function Legs({ call: { legs } }: { call: LiveCall }) {
  const texts = useMessages(liveMessages)
  const words = useMessages(callMessages)
  return (
    <ul className={styles.legs}>
      {legs
        .filter(({ state }) => state !== 'ended')
        .map(({ number, name, role, state, holds, parked_at }) => (
          <li key={`${role} ${number}`}>
            {partyText({ name, number }) || words.unknownCaller}:{' '}
            {parked_at !== null ? texts.parkedAt(parked_at) : holds ? texts.holds : words.legs[state]}
          </li>
        ))}
    </ul>
  )
}
