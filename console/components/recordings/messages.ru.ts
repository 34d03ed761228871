import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  recording: 'Запись',
  recordingOf: (index) => `Запись ${index}`,
  recordingGone: 'Запись не воспроизводится. Возможно, она удалена.',
  speed: 'Скорость',
  speedOf: (speed) => `${speed}×`,
  download: 'Скачать',
}
