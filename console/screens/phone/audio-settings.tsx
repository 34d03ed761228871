import { useEffect, useState } from 'react'
import { readDevices, storeDevices } from '../../app/phone/devices.ts'
import { Button, IconButton } from '../../components/button.tsx'
import { Dialog, DialogActions } from '../../components/dialog.tsx'
import { SelectField } from '../../components/field.tsx'
import { Icon } from '../../components/icon.tsx'
import { componentMessages } from '../../components/messages.ts'
import { useMessages } from '../../i18n/messages.ts'
import type { PhoneDevices } from '../../phone/phone-types.ts'
import { phoneMessages } from './messages.ts'
import { MicrophoneLevel } from './microphone-level.tsx'
import { usePhone } from './use-phone.ts'

/** A button that opens the choice of microphone, speaker and ringer. */
export function AudioSettings() {
  const texts = useMessages(phoneMessages)
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <IconButton label={texts.audio} onClick={() => setOpen(true)}>
        <Icon name="speaker" />
      </IconButton>
      {isOpen && <AudioDialog onClose={() => setOpen(false)} />}
    </>
  )
}

function AudioDialog({ onClose }: { onClose(): void }) {
  const texts = useMessages(phoneMessages)
  const { close } = useMessages(componentMessages)
  const { run, phone, snapshot } = usePhone()
  const [devices, setDevices] = useState(readDevices)
  const available = useAvailableDevices()

  function choose(name: keyof PhoneDevices, id: string) {
    const next = { ...devices, [name]: id === '' ? undefined : id }
    setDevices(next)
    storeDevices(next)
    run(phone.run('setDevices', next))
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
      <p>{texts.testCallHint}</p>
      <DialogActions>
        <Button
          disabled={snapshot.registration.state !== 'registered'}
          onClick={() => {
            run(phone.run('testCall'))
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

/** The devices of this computer; browsers hide their names until the microphone is allowed. */
function useAvailableDevices(): readonly MediaDeviceInfo[] {
  const [devices, setDevices] = useState<readonly MediaDeviceInfo[]>([])
  useEffect(() => {
    // Undefined in an insecure context.
    const { mediaDevices } = navigator
    if (mediaDevices === undefined) return
    const read = () => void mediaDevices.enumerateDevices().then(setDevices, () => {})
    read()
    mediaDevices.addEventListener('devicechange', read)
    return () => mediaDevices.removeEventListener('devicechange', read)
  }, [])
  return devices
}
