import { openAudio } from './microphone.ts'
import { PhoneError } from './phone-types.ts'

/** How loud a microphone is now. */
export interface LevelMeter {
  /** Root mean square of the last samples, 0 to 1. */
  level(): number
  stop(): void
}

/**
 * Opens a microphone for a test, apart from calls.
 * @throws {PhoneError} `insecure_context` or `microphone_denied`
 */
export async function openLevelMeter(device?: string): Promise<LevelMeter> {
  if (!isSecureContext) throw new PhoneError('insecure_context')
  const stream = await openAudio(device).catch(() => {
    throw new PhoneError('microphone_denied')
  })
  const context = new AudioContext()
  const analyser = new AnalyserNode(context, { fftSize: 1_024 })
  context.createMediaStreamSource(stream).connect(analyser)
  const samples = new Float32Array(analyser.fftSize)
  return {
    level() {
      analyser.getFloatTimeDomainData(samples)
      return Math.min(1, Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length))
    },
    stop() {
      for (const track of stream.getTracks()) track.stop()
      void context.close()
    },
  }
}
