/** Plays the other ends of calls, each on an element of its own. */
export interface Speaker {
  open(): SpeakerOutput
  setDevice(id: string | undefined): Promise<void>
}

export interface SpeakerOutput {
  play(track: MediaStreamTrack): void
  setMuted(muted: boolean): void
  close(): void
}

export function createSpeaker(device: string | undefined): Speaker {
  const elements = new Set<HTMLAudioElement>()
  return {
    open() {
      const element = new Audio()
      // Until the call has the voice.
      element.muted = true
      elements.add(element)
      void routeTo(element, device)
      return {
        play(track) {
          element.srcObject = new MediaStream([track])
          // Pages with an open microphone may play; a refusal is no fault of the call.
          element.play().catch(() => {})
        },
        setMuted(muted) {
          element.muted = muted
        },
        close() {
          element.srcObject = null
          elements.delete(element)
        },
      }
    },
    async setDevice(id) {
      device = id
      await Promise.all([...elements].map((element) => routeTo(element, id)))
    },
  }
}

/** Where the device is gone or the browser has no choice, the default plays. */
async function routeTo(element: HTMLAudioElement, device: string | undefined): Promise<void> {
  if (typeof element.setSinkId !== 'function') return
  await element.setSinkId(device ?? '').catch(() => {})
}
