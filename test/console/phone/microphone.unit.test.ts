import { afterEach, beforeEach, expect, test, vi } from 'vitest'

interface FakeTrack {
  device: string
  enabled: boolean
  isLive: boolean
}

// Its types are those of browsers, which tests do not have.
const file = new URL('../../../console/phone/microphone.ts', import.meta.url).href
const { createMicrophone } = (await import(file)) as {
  createMicrophone(device: string): {
    prepare(): Promise<void>
    acquire(replace: () => Promise<void>): Promise<{ track: FakeTrack; release(): void }>
    setDevice(id: string): Promise<void>
  }
}

/** All tracks that were opened or cloned. */
let tracks: FakeTrack[]
let getUserMedia: ReturnType<typeof vi.fn>
/** Devices that are plugged in. */
let plugged: string[]

beforeEach(() => {
  vi.useFakeTimers()
  tracks = []
  plugged = ['default', 'headset', 'webcam']
  const createTrack = (device: string) => {
    const track: FakeTrack & Record<string, unknown> = {
      device,
      enabled: true,
      isLive: true,
      clone: () => createTrack(device),
      stop() {
        track.isLive = false
      },
      addEventListener() {},
    }
    tracks.push(track)
    return track
  }
  getUserMedia = vi.fn(async ({ audio }: { audio: true | { deviceId: { exact: string } } }) => {
    const device = audio === true ? 'default' : audio.deviceId.exact
    if (!plugged.includes(device)) {
      const name = audio === true ? 'NotFoundError' : 'OverconstrainedError'
      throw Object.assign(new Error(name), { name })
    }
    const track = createTrack(device)
    return { getAudioTracks: () => [track] }
  })
  vi.stubGlobal('navigator', { mediaDevices: { getUserMedia } })
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const live = () => tracks.filter(({ isLive }) => isLive).map(({ device }) => device)
/** A call; the test ends each exchange of its track. */
async function talk() {
  const microphone = createMicrophone('headset')
  let finish = () => {}
  let refuse = (_: Error) => {}
  const replace = () =>
    new Promise<void>((resolve, reject) => {
      finish = resolve
      refuse = reject
    })
  const lease = await microphone.acquire(replace)
  return {
    microphone,
    lease,
    finish: () => finish(),
    refuse: (err: Error) => refuse(err),
    /** Asks for the webcam, up to the exchange. */
    async change() {
      const changed = microphone.setDevice('webcam')
      changed.catch(() => {})
      await vi.advanceTimersByTimeAsync(0)
      return { changed }
    },
    /** What stays open after the call. */
    async afterEnd() {
      lease.release()
      await vi.advanceTimersByTimeAsync(2_000)
      return live()
    },
  }
}

test('another device is sent instead, and none stays open after the call', async () => {
  const call = await talk()
  const { changed } = await call.change()
  call.finish()
  await changed
  expect(call.lease.track).toMatchObject({ device: 'webcam', enabled: true })
  expect(live()).toEqual(['webcam', 'webcam'])
  expect(await call.afterEnd()).toEqual([])
})

test('a call that ends while the device changes leaves no microphone open', async () => {
  for (const end of ['finish', 'refuse'] as const) {
    const call = await talk()
    const { changed } = await call.change()
    call.lease.release()
    call[end](new Error('the connection is closed'))
    await changed
    await vi.advanceTimersByTimeAsync(2_000)
    expect(live()).toEqual([])
  }
})

test('a call that refuses the device goes on with the last one', async () => {
  const call = await talk()
  const { changed } = await call.change()
  call.refuse(new Error('InvalidModificationError'))
  await expect(changed).rejects.toThrow('InvalidModificationError')
  expect(call.lease.track).toMatchObject({ device: 'headset', isLive: true })
  expect(await call.afterEnd()).toEqual([])
})

test('nothing is sent of another device before it is known whether the call was muted meanwhile', async () => {
  const call = await talk()
  const { changed } = await call.change()
  expect(tracks.at(-1)).toMatchObject({ device: 'webcam', enabled: false })
  call.lease.track.enabled = false
  call.finish()
  await changed
  expect(call.lease.track).toMatchObject({ device: 'webcam', enabled: false })
})

test('where the device is unplugged the default one is used', async () => {
  plugged = ['default']
  const lease = await createMicrophone('headset').acquire(async () => {})
  expect(lease.track).toMatchObject({ device: 'default' })
})

test('without any device, or without a permission, it is denied', async () => {
  plugged = []
  await expect(createMicrophone('headset').prepare()).rejects.toMatchObject({ code: 'microphone_denied' })
  getUserMedia.mockReset()
  getUserMedia.mockRejectedValue(Object.assign(new Error('denied'), { name: 'NotAllowedError' }))
  await expect(createMicrophone('headset').prepare()).rejects.toMatchObject({ code: 'microphone_denied' })
  expect(getUserMedia).toHaveBeenCalledTimes(1)
})
