/** Samples of a twentieth of a second: a tone of 20 hertz more or less is another. */
const WINDOW = 400
const RATE = 8_000
const HEADER = 44
/** Loud enough to be a phone's tone, of the range of 16 bits. */
const AUDIBLE = 500

/**
 * Listens for a tone in a recording: 8 kHz, 16 bit, mono.
 * @returns for each twentieth of a second `#` with the tone, `-` without
 */
export function detectTone(wav: Buffer, hertz: number): string[] {
  const samples = Math.floor(Math.max(0, wav.length - HEADER) / 2)
  return Array.from({ length: Math.floor(samples / WINDOW) }, (_, at) =>
    amplitudeAt(wav, at * WINDOW, hertz) > AUDIBLE ? '#' : '-',
  )
}

/** Its amplitude there (one term of a Fourier series). */
function amplitudeAt(wav: Buffer, first: number, hertz: number): number {
  let [real, imaginary] = [0, 0]
  for (let n = 0; n < WINDOW; n += 1) {
    const sample = wav.readInt16LE(HEADER + 2 * (first + n))
    const angle = (2 * Math.PI * hertz * n) / RATE
    real += sample * Math.cos(angle)
    imaginary += sample * Math.sin(angle)
  }
  return (2 * Math.hypot(real, imaginary)) / WINDOW
}
