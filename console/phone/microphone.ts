import { PhoneError } from './phone-types.ts'

/** The one microphone of the page; each call has a track of its own, so that one can be silent beside another. */
export interface Microphone {
  /** Asks for permission, unless it was given. Rejects with `microphone_denied`. */
  prepare(): Promise<void>
  /** @param replace sends another track instead, after a change of the device */
  acquire(replace: (next: MediaStreamTrack) => Promise<void>): Promise<MicrophoneLease>
  /** Another device, for calls in progress as well. */
  setDevice(id: string | undefined): Promise<void>
}

export interface MicrophoneLease {
  readonly track: MediaStreamTrack
  release(): void
}

/** How long it stays open without a call: between the permission and the INVITE, and after a call. */
const PREPARED_MS = 30_000
const RELEASED_MS = 2_000

export const audioConstraints = (device: string | undefined): MediaStreamConstraints => ({
  audio: device === undefined ? true : { deviceId: { exact: device } },
})

export function createMicrophone(device: string | undefined): Microphone {
  let source: Promise<MediaStreamTrack> | undefined
  const users = new Set<{ track: MediaStreamTrack; replace(next: MediaStreamTrack): Promise<void> }>()
  let idleTimer: ReturnType<typeof setTimeout> | undefined

  const close = () => {
    clearTimeout(idleTimer)
    const old = source
    source = undefined
    void old?.then(
      (track) => track.stop(),
      () => {},
    )
  }
  const openSource = (): Promise<MediaStreamTrack> => {
    clearTimeout(idleTimer)
    if (source !== undefined) return source
    const opened = getTrack(device)
    source = opened
    const discard = () => {
      if (source === opened) source = undefined
    }
    // An unplugged device ends its track: the next call opens another.
    opened.then((track) => track.addEventListener('ended', discard), discard)
    return opened
  }
  const closeWhenIdle = (delay: number) => {
    clearTimeout(idleTimer)
    if (users.size === 0) idleTimer = setTimeout(close, delay)
  }
  return {
    async prepare() {
      await openSource()
      closeWhenIdle(PREPARED_MS)
    },
    async acquire(replace) {
      const user = { track: (await openSource()).clone(), replace }
      users.add(user)
      return {
        get track() {
          return user.track
        },
        release() {
          user.track.stop()
          users.delete(user)
          closeWhenIdle(RELEASED_MS)
        },
      }
    },
    async setDevice(id) {
      if (id === device) return
      device = id
      close()
      if (users.size === 0) return
      const next = await openSource()
      for (const user of users) {
        const [old, own] = [user.track, next.clone()]
        own.enabled = old.enabled
        await user.replace(own)
        user.track = own
        old.stop()
      }
    },
  }
}

async function getTrack(device: string | undefined): Promise<MediaStreamTrack> {
  try {
    const stream = await navigator.mediaDevices.getUserMedia(audioConstraints(device))
    const [track] = stream.getAudioTracks()
    if (track !== undefined) return track
  } catch {
    // Also where no device is there: what a person does about it is the same.
  }
  throw new PhoneError('microphone_denied')
}
