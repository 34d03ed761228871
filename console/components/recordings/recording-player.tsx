import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { dataOf, type Wire } from '../../api/client.ts'
import { useConsole } from '../../app/console-context.ts'
import { formatNumber } from '../../i18n/format.ts'
import { useLanguage, useMessages } from '../../i18n/messages.ts'
import buttonStyles from '../button.module.css'
import { Button } from '../button.tsx'
import { useErrorText } from '../error-text.ts'
import { SelectField } from '../field.tsx'
import { Icon } from '../icon.tsx'
import { componentMessages } from '../messages.ts'
import { Notice } from '../notice.tsx'
import { recordingMessages } from './messages.ts'
import styles from './recording-player.module.css'

const LINK_MINUTES = 60
/** A file that fails again so soon after a new link is not playable. */
const RENEW_PAUSE_MS = 10_000
const SPEEDS = [0.75, 1, 1.25, 1.5, 1.75, 2]

/** Plays the recordings of a call. The links are bound to the session; one that has expired is renewed. */
export function RecordingPlayer({ callId }: { callId: string }) {
  const language = useLanguage()
  const texts = useMessages(recordingMessages)
  const common = useMessages(componentMessages)
  const describeError = useErrorText()
  const { api } = useConsole()
  const [speed, setSpeed] = useState(1)
  const { data, error, refetch, dataUpdatedAt } = useQuery({
    queryKey: ['recording-link', callId],
    queryFn: ({ signal }) =>
      dataOf(
        api.POST('/api/v1/calls/history/{id}/recording-link', {
          params: { path: { id: callId } },
          body: { minutes: LINK_MINUTES },
          signal,
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  if (error !== null && data === undefined) {
    return (
      <Notice tone="danger">
        {describeError(error)} <Button onClick={() => void refetch()}>{common.retry}</Button>
      </Notice>
    )
  }
  if (data === undefined) return <Notice>{common.loading}</Notice>
  return (
    <section className={styles.player} aria-label={texts.recording}>
      {data.links.map((link, index) => (
        <Track
          key={link.name}
          link={link}
          label={data.links.length === 1 ? texts.recording : texts.recordingOf(index + 1)}
          speed={speed}
          renew={async () => {
            if (Date.now() - dataUpdatedAt < RENEW_PAUSE_MS) return false
            return (await refetch()).isSuccess
          }}
        />
      ))}
      <SelectField
        label={texts.speed}
        value={speed}
        onChange={(event) => setSpeed(Number(event.target.value))}
      >
        {SPEEDS.map((one) => (
          <option key={one} value={one}>
            {texts.speedOf(formatNumber(language, one))}
          </option>
        ))}
      </SelectField>
    </section>
  )
}

interface TrackProps {
  link: Wire<'RecordingLink'>['links'][number]
  label: string
  speed: number
  /** @returns whether there is a new link */
  renew(): Promise<boolean>
}

function Track({ link, label, speed, renew }: TrackProps) {
  const texts = useMessages(recordingMessages)
  const audio = useRef<HTMLAudioElement>(null)
  /** Where it goes on after the link was renewed. */
  const resumeAt = useRef<{ time: number; isPlaying: boolean }>(undefined)
  const [isGone, setGone] = useState(false)
  useEffect(() => {
    if (audio.current !== null) audio.current.playbackRate = speed
  }, [speed])

  async function onError() {
    const { current } = audio
    if (current === null) return
    resumeAt.current ??= { time: current.currentTime, isPlaying: !current.paused }
    setGone(!(await renew()))
  }
  function onLoaded() {
    const { current } = audio
    if (current === null) return
    current.playbackRate = speed
    setGone(false)
    const resume = resumeAt.current
    resumeAt.current = undefined
    if (resume === undefined) return
    current.currentTime = resume.time
    if (resume.isPlaying) void current.play().catch(() => {})
  }
  return (
    <div className={styles.track}>
      {/* biome-ignore lint/a11y/useMediaCaption: the PBX makes no transcript */}
      <audio
        ref={audio}
        controls
        preload="metadata"
        aria-label={label}
        src={link.url}
        onError={() => void onError()}
        onLoadedMetadata={onLoaded}
      />
      <a className={buttonStyles.button} href={link.url} download={link.name}>
        <Icon name="download" />
        {texts.download}
        <span className="visually-hidden">{link.name}</span>
      </a>
      {isGone && <Notice tone="danger">{texts.recordingGone}</Notice>}
    </div>
  )
}
