import type { RingMode, Tone } from './ring-mode.ts'

/** Rings and plays tones by WebAudio: no file is loaded, so no policy has to allow one. */
export interface Ringer {
  set(mode: RingMode): void
  play(tone: Tone): void
  setDevice(id: string | undefined): Promise<void>
  close(): void
}

/** One sound: frequencies in hertz, start and length in seconds. */
interface Beep {
  hertz: readonly number[]
  at: number
  length: number
  volume: number
}

const RING: readonly Beep[] = [
  { hertz: [440, 480], at: 0, length: 0.4, volume: 0.25 },
  { hertz: [440, 480], at: 0.6, length: 0.4, volume: 0.25 },
]
const WAITING: readonly Beep[] = [{ hertz: [425], at: 0, length: 0.15, volume: 0.08 }]
const TONES: Record<Tone, readonly Beep[]> = {
  // ITU-T E.180: half a second on, half a second off.
  busy: [0, 1, 2].map((at) => ({ hertz: [425], at, length: 0.5, volume: 0.12 })),
  ended: [0, 0.25].map((at) => ({ hertz: [425], at, length: 0.12, volume: 0.1 })),
}
const REPEAT_MS: Record<Exclude<RingMode, 'off'>, number> = { ring: 3_000, waiting: 4_000 }
const FADE_SECONDS = 0.02
/** Longer than each tone: then the sound output is let go. */
const SILENT_MS = 4_000
/** A tone is of now: it is not played once a click has unlocked the sound later. */
const LATE_MS = 1_000
/** A context that may play runs long before. */
const BLOCKED_MS = 500

/** @param onBlocked whether the browser wants a click before it plays */
export function createRinger(device: string | undefined, onBlocked: (blocked: boolean) => void): Ringer {
  let context: AudioContext | undefined
  let mode: RingMode = 'off'
  let timer: ReturnType<typeof setInterval> | undefined
  let silenceTimer: ReturnType<typeof setTimeout> | undefined
  let round = 0
  let wasUnlocked = false
  let ringing: GainNode | undefined
  let unlock = new AbortController()

  const open = (): AudioContext => {
    if (context !== undefined) return context
    const opened = new AudioContext()
    context = opened
    unlock = new AbortController()
    void routeTo(opened, device)
    // A browser starts sound only within a click or a key press, until it has once.
    const resume = () => {
      if (mode !== 'off' || !wasUnlocked) void wake()
    }
    for (const event of ['pointerdown', 'keydown']) {
      document.addEventListener(event, resume, { capture: true, signal: unlock.signal })
    }
    opened.addEventListener('statechange', reportState)
    return opened
  }
  const reportState = () => {
    if (context?.state === 'running') wasUnlocked = true
    onBlocked(mode !== 'off' && context?.state === 'suspended')
  }
  /** Resolves once sound is played, which can need a click. Sounds of a suspended context would come late and together. */
  const wake = async () => {
    clearTimeout(silenceTimer)
    const audio = open()
    if (audio.state !== 'running') await audio.resume()
    reportState()
    rest()
  }
  /** Suspends the sound after the last tone, unless the phone rings. */
  const rest = () => {
    clearTimeout(silenceTimer)
    if (mode === 'off') silenceTimer = setTimeout(() => void context?.suspend(), SILENT_MS)
  }

  const schedule = (beeps: readonly Beep[]): GainNode => {
    const audio = open()
    const out = audio.createGain()
    out.connect(audio.destination)
    for (const { hertz, at, length, volume } of beeps) {
      const [start, end] = [audio.currentTime + at, audio.currentTime + at + length]
      const gain = audio.createGain()
      gain.gain.setValueAtTime(0, start)
      gain.gain.linearRampToValueAtTime(volume, start + FADE_SECONDS)
      gain.gain.setValueAtTime(volume, end - FADE_SECONDS)
      gain.gain.linearRampToValueAtTime(0, end)
      gain.connect(out)
      for (const frequency of hertz) {
        const oscillator = new OscillatorNode(audio, { frequency })
        oscillator.connect(gain)
        oscillator.start(start)
        oscillator.stop(end)
      }
    }
    return out
  }
  return {
    set(next) {
      if (next === mode) return
      mode = next
      round += 1
      const own = round
      clearInterval(timer)
      ringing?.disconnect()
      ringing = undefined
      if (next === 'off') {
        reportState()
        return rest()
      }
      setTimeout(reportState, BLOCKED_MS)
      const ring = () => {
        ringing = schedule(next === 'ring' ? RING : WAITING)
      }
      wake().then(
        () => {
          if (own !== round) return
          ring()
          timer = setInterval(ring, REPEAT_MS[next])
        },
        () => {},
      )
    },
    play(tone) {
      const asked = performance.now()
      wake().then(
        () => {
          if (performance.now() - asked < LATE_MS) schedule(TONES[tone])
        },
        () => {},
      )
    },
    async setDevice(id) {
      device = id
      if (context !== undefined) await routeTo(context, id)
    },
    close() {
      clearInterval(timer)
      clearTimeout(silenceTimer)
      mode = 'off'
      round += 1
      unlock.abort()
      void context?.close()
      context = undefined
    },
  }
}

/** Chromium alone can choose a context's device; elsewhere the default rings. */
async function routeTo(context: AudioContext, device: string | undefined): Promise<void> {
  const chosen = context as AudioContext & { setSinkId?: (id: string) => Promise<void> }
  await chosen.setSinkId?.(device ?? '').catch(() => {})
}
