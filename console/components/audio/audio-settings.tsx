import { useState } from 'react'
import { useConsole, useStore } from '../../app/console-context.ts'
import { readDevices, storeDevices } from '../../app/phone/devices.ts'
import { PhoneFailure } from '../../app/phone/phone-failure.ts'
import { useMessages } from '../../i18n/messages.ts'
import type { PhoneDevices } from '../../phone/phone-types.ts'
import { Button, IconButton } from '../button.tsx'
import { Dialog, DialogActions } from '../dialog.tsx'
import { SelectField } from '../field.tsx'
import { Icon } from '../icon.tsx'
import { componentMessages } from '../messages.ts'
import { Notice } from '../notice.tsx'
import { showToast } from '../toast.tsx'
import { audioMessages } from './messages.ts'
import { MicrophoneLevel } from './microphone-level.tsx'
import { useAudioDevices } from './use-audio-devices.ts'

/** A button that opens the choice of microphone, speaker and ringer, with a level meter and a test call. */
export function AudioSettings({ hasText = false }: { hasText?: boolean }) {
  const texts = useMessages(audioMessages)
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      {hasText ? (
        <Button onClick={() => setOpen(true)}>
          <Icon name="speaker" />
          {texts.audio}
        </Button>
      ) : (
        <IconButton label={texts.audio} onClick={() => setOpen(true)}>
          <Icon name="speaker" />
        </IconButton>
      )}
      {isOpen && <AudioDialog onClose={() => setOpen(false)} />}
    </>
  )
}

function AudioDialog({ onClose }: { onClose(): void }) {
  const texts = useMessages(audioMessages)
  const { close } = useMessages(componentMessages)
  const { phone } = useConsole()
  const { registration } = useStore(phone.snapshot)
  const [devices, setDevices] = useState(readDevices)
  const [isFailed, setFailed] = useState(false)
  const available = useAudioDevices() ?? []

  function choose(name: keyof PhoneDevices, id: string) {
    const next = { ...devices, [name]: id === '' ? undefined : id }
    setDevices(next)
    storeDevices(next)
    void phone.run('setDevices', next).then(
      () => setFailed(false),
      // Without a phone they count once there is one.
      (err: unknown) => setFailed(!(err instanceof PhoneFailure && err.code === 'offline')),
    )
  }
  const field = (name: keyof PhoneDevices, kind: MediaDeviceKind) => (
    <SelectField
      label={texts[name]}
      value={devices[name] ?? ''}
      onChange={(event) => choose(name, event.target.value)}
      hint={available.some(({ label }) => label !== '') ? undefined : texts.noDevices}
    >
      <option value="">{texts.browserDefault}</option>
      {available
        .filter((device) => device.kind === kind && device.deviceId !== '' && device.deviceId !== 'default')
        .map(({ deviceId, label }) => (
          <option key={deviceId} value={deviceId}>
            {label || deviceId.slice(0, 8)}
          </option>
        ))}
    </SelectField>
  )
  return (
    <Dialog title={texts.audio} onClose={onClose}>
      {field('microphone', 'audioinput')}
      <MicrophoneLevel device={devices.microphone} />
      {field('speaker', 'audiooutput')}
      {field('ringer', 'audiooutput')}
      {isFailed && <Notice tone="danger">{texts.devicesFailed}</Notice>}
      <p>{texts.testCallHint}</p>
      <DialogActions>
        <Button
          disabled={registration.state !== 'registered'}
          onClick={() => {
            void phone.run('testCall').catch(() => showToast(texts.testCallFailed, 'danger'))
            onClose()
          }}
        >
          <Icon name="phone" />
          {texts.testCall}
        </Button>
        <Button tone="primary" onClick={onClose}>
          {close}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
