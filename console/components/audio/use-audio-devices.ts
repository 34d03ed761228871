import { useEffect, useState } from 'react'

/**
 * The devices of this computer, undefined until they are known and where the browser shows none; browsers hide their names
 * until the microphone is allowed.
 */
export function useAudioDevices(): readonly MediaDeviceInfo[] | undefined {
  const [devices, setDevices] = useState<readonly MediaDeviceInfo[]>()
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
