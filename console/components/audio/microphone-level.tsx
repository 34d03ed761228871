import { useEffect, useRef } from 'react'
import { useMessages } from '../../i18n/messages.ts'
import { openLevelMeter } from '../../phone/level-meter.ts'
import { audioMessages } from './messages.ts'
import styles from './microphone-level.module.css'

/** A bar that moves with the voice. */
export function MicrophoneLevel({ device }: { device: string | undefined }) {
  const texts = useMessages(audioMessages)
  const bar = useRef<HTMLMeterElement>(null)
  useEffect(() => {
    let frame = 0
    let isGone = false
    const opening = openLevelMeter(device)
    opening.then(
      (meter) => {
        if (isGone) return
        const draw = () => {
          if (bar.current !== null) bar.current.value = meter.level()
          frame = requestAnimationFrame(draw)
        }
        draw()
      },
      () => {},
    )
    return () => {
      isGone = true
      cancelAnimationFrame(frame)
      opening.then(
        (meter) => meter.stop(),
        () => {},
      )
    }
  }, [device])
  return (
    <div>
      <meter ref={bar} className={styles.meter} min={0} max={1} aria-label={texts.level} />
      <p className={styles.hint}>{texts.levelHint}</p>
    </div>
  )
}
