import { PhoneError } from './phone-types.ts'

/** The one microphone of the page; each call has a track of its own, so that one can be silent beside another. */
export interface Microphone {
  /** Asks for permission, unless it was given. Rejects with `microphone_denied`. */
  prepare(): Promise<void>
  /** @param replace sends another track instead, after a change of the device */
  acquire(replace: (next: MediaStreamTrack) => Promise<void>): Promise<MicrophoneLease>
  /** Another device, for calls in progress as well. A call that refuses it goes on with the last one. */
  setDevice(id: string | undefined): Promise<void>
}

export interface MicrophoneLease {
  readonly track: MediaStreamTrack
  release(): void
}

/** How long it stays open without a call: between the permission and the INVITE, and after a call. */
const PREPARED_MS = 30_000
const RELEASED_MS = 2_000

interface User {
  track: MediaStreamTrack
  replace(next: MediaStreamTrack): Promise<void>
}

export function createMicrophone(device: string | undefined): Microphone {
  let source: Promise<MediaStreamTrack> | undefined
  const users = new Set<User>()
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
  /** Sends another track for a call that may end meanwhile; the track that is not used stops. */
  const exchange = async (user: User, next: MediaStreamTrack) => {
    let unused = next
    // Silent until it is sent: a mute meanwhile concerns the old one.
    next.enabled = false
    try {
      await user.replace(next)
      if (!users.has(user)) return
      next.enabled = user.track.enabled
      unused = user.track
      user.track = next
    } catch (err) {
      if (users.has(user)) throw err
    } finally {
      unused.stop()
    }
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
      await Promise.all([...users].map((user) => exchange(user, next.clone())))
    },
  }
}

/** Opens a microphone; where the device is gone, the default one. Rejects with the browser's error. */
export async function openAudio(device: string | undefined): Promise<MediaStream> {
  const open = (audio: true | MediaTrackConstraints) => navigator.mediaDevices.getUserMedia({ audio })
  if (device === undefined) return open(true)
  try {
    return await open({ deviceId: { exact: device } })
  } catch (err) {
    const name = err instanceof Error ? err.name : ''
    if (name !== 'OverconstrainedError' && name !== 'NotFoundError') throw err
    return open(true)
  }
}

async function getTrack(device: string | undefined): Promise<MediaStreamTrack> {
  try {
    const [track] = (await openAudio(device)).getAudioTracks()
    if (track !== undefined) return track
  } catch {
    // Also where no device is there: what a person does about it is the same.
  }
  throw new PhoneError('microphone_denied')
}
