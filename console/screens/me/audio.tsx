import { useState } from 'react'
import { type MicrophoneState, useMicrophoneState } from '../../app/microphone-state.ts'
import { AudioSettings } from '../../components/audio/audio-settings.tsx'
import { Button } from '../../components/button.tsx'
import { Notice } from '../../components/notice.tsx'
import { Section } from '../../components/section.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { meMessages } from './messages.ts'

/** Whether the page may use the microphone, and the choice of devices. */
export function AudioSection() {
  const { audio: texts } = useMessages(meMessages)
  const microphone = useMicrophoneState()
  const [isFailed, setFailed] = useState(false)

  async function request() {
    setFailed(false)
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true })
      for (const track of stream.getTracks()) track.stop()
    } catch (err) {
      // A refusal shows by itself: the permission changes.
      setFailed(!(err instanceof DOMException && err.name === 'NotAllowedError'))
    }
  }
  const words: Partial<Record<MicrophoneState, string>> = {
    insecure: texts.insecure,
    none: texts.none,
    denied: texts.denied,
    granted: texts.granted,
  }
  return (
    <Section title={texts.title}>
      {words[microphone] !== undefined && (
        <Notice tone={microphone === 'granted' ? 'success' : 'warning'}>{words[microphone]}</Notice>
      )}
      {isFailed && <Notice tone="danger">{texts.failed}</Notice>}
      {microphone === 'prompt' && <Button onClick={() => void request()}>{texts.allow}</Button>}
      {microphone === 'granted' && <AudioSettings hasText />}
    </Section>
  )
}
