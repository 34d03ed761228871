import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  recording: 'Grabación',
  recordingOf: (index) => `Grabación ${index}`,
  recordingGone: 'La grabación no se puede reproducir. Puede que se haya borrado.',
  speed: 'Velocidad',
  speedOf: (speed) => `${speed}×`,
  download: 'Descargar',
}
