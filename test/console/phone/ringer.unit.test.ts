import { afterEach, beforeEach, expect, test, vi } from 'vitest'

// Its types are those of browsers, which tests do not have.
const file = new URL('../../../console/phone/ringer.ts', import.meta.url).href
const { createRinger } = (await import(file)) as {
  createRinger(
    device: undefined,
    onBlocked: (blocked: boolean) => void,
  ): { set(mode: 'off' | 'ring' | 'waiting'): void; play(tone: 'busy' | 'ended'): void; close(): void }
}

/** Whether the browser starts sound without a click. */
let mayPlay: boolean
let sounds: number
let state: 'suspended' | 'running' | 'closed'
let waiting: (() => void)[]
let click: () => void

const node = () => ({
  connect() {},
  disconnect() {},
  gain: { setValueAtTime() {}, linearRampToValueAtTime() {} },
})
class FakeContext {
  currentTime = 0
  destination = {}
  get state() {
    return state
  }
  createGain = node
  addEventListener() {}
  resume() {
    return new Promise<void>((resolve) => {
      waiting.push(resolve)
      if (!mayPlay) return
      state = 'running'
      for (const done of waiting.splice(0)) done()
    })
  }
  async suspend() {
    state = 'suspended'
  }
  async close() {
    state = 'closed'
  }
}

beforeEach(() => {
  vi.useFakeTimers()
  mayPlay = true
  sounds = 0
  state = 'suspended'
  waiting = []
  vi.stubGlobal('AudioContext', FakeContext)
  vi.stubGlobal(
    'OscillatorNode',
    class {
      connect() {}
      start() {
        sounds += 1
      }
      stop() {}
    },
  )
  vi.stubGlobal('document', {
    addEventListener(type: string, listener: () => void) {
      if (type === 'pointerdown') click = listener
    },
  })
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

test('it rings at once and again, and lets the sound output go when it is silent', async () => {
  const onBlocked = vi.fn()
  const ringer = createRinger(undefined, onBlocked)
  for (let call = 0; call < 2; call += 1) {
    sounds = 0
    ringer.set('ring')
    await vi.advanceTimersByTimeAsync(0)
    expect(sounds).toBe(4)
    await vi.advanceTimersByTimeAsync(60_000)
    expect([sounds, state]).toEqual([4 * 21, 'running'])
    ringer.set('off')
    await vi.advanceTimersByTimeAsync(4_000)
    expect([sounds, state]).toEqual([4 * 21, 'suspended'])
  }
  click()
  expect([state, onBlocked.mock.calls.flat()]).toEqual(['suspended', expect.not.arrayContaining([true])])
})

test('a tone is played from silence, and then the sound output is let go', async () => {
  const ringer = createRinger(undefined, () => {})
  ringer.play('busy')
  await vi.advanceTimersByTimeAsync(3_000)
  expect([sounds, state]).toEqual([3, 'running'])
  ringer.play('ended')
  await vi.advanceTimersByTimeAsync(3_000)
  expect([sounds, state]).toEqual([5, 'running'])
  await vi.advanceTimersByTimeAsync(1_000)
  expect(state).toBe('suspended')
})

test('where a click is needed it rings with the click, and plays no tone that is late', async () => {
  mayPlay = false
  const onBlocked = vi.fn()
  const ringer = createRinger(undefined, onBlocked)
  ringer.play('busy')
  ringer.set('ring')
  await vi.advanceTimersByTimeAsync(10_000)
  expect([sounds, onBlocked.mock.lastCall]).toEqual([0, [true]])
  mayPlay = true
  click()
  await vi.advanceTimersByTimeAsync(0)
  expect([sounds, onBlocked.mock.lastCall]).toEqual([4, [false]])
})

test('a ring that ended before the click is not played', async () => {
  mayPlay = false
  const ringer = createRinger(undefined, () => {})
  ringer.set('ring')
  ringer.set('off')
  await vi.advanceTimersByTimeAsync(1_000)
  mayPlay = true
  click()
  await vi.advanceTimersByTimeAsync(10_000)
  expect([sounds, state]).toEqual([0, 'suspended'])
  ringer.close()
})
