import { useMessages } from '../../i18n/messages.ts'
import type { CallQuality } from '../../phone/phone-types.ts'
import { phoneMessages } from './messages.ts'
import styles from './quality-mark.module.css'

/** A round trip of 300 ms is unnoticed, one of 800 ms disturbs (ITU-T G.114); loss and jitter are limits of common codecs. */
const gradeOf = ({ lossRatio, jitterMs, rttMs = 0 }: CallQuality): 'good' | 'fair' | 'poor' => {
  if (lossRatio > 0.05 || jitterMs > 60 || rttMs > 800) return 'poor'
  return lossRatio > 0.01 || jitterMs > 30 || rttMs > 300 ? 'fair' : 'good'
}

export function QualityMark({ quality }: { quality: CallQuality }) {
  const texts = useMessages(phoneMessages).quality
  const grade = gradeOf(quality)
  const detail = texts.detail(
    (quality.lossRatio * 100).toFixed(1),
    Math.round(quality.jitterMs),
    quality.rttMs === undefined ? '–' : String(Math.round(quality.rttMs)),
  )
  return (
    <span className={styles.mark} data-grade={grade} title={detail}>
      {texts[grade]}
    </span>
  )
}
