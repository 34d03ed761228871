import { useEffect, useState } from 'react'

/** `insecure`: the page came without TLS from another machine; `none`: the browser has no microphones for pages. */
export type MicrophoneState = 'insecure' | 'none' | 'prompt' | 'granted' | 'denied'

/** Whether the page may use a microphone, and from when that changes. */
export function useMicrophoneState(): MicrophoneState {
  const [state, setState] = useState<MicrophoneState>(readNow)
  useEffect(() => {
    if (readNow() !== 'prompt') return
    const leaving = new AbortController()
    void followPermission(setState, leaving.signal)
    return () => leaving.abort()
  }, [])
  return state
}

const readNow = (): MicrophoneState =>
  !window.isSecureContext ? 'insecure' : navigator.mediaDevices === undefined ? 'none' : 'prompt'

async function followPermission(onChange: (state: MicrophoneState) => void, signal: AbortSignal) {
  // Some browsers do not let pages query it; then the request itself finds out.
  const permission = await navigator.permissions.query({ name: 'microphone' }).catch(() => undefined)
  if (permission === undefined || signal.aborted) return
  onChange(permission.state)
  permission.addEventListener('change', () => onChange(permission.state), { signal })
}
