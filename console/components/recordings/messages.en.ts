export const messages = {
  recording: 'Recording',
  recordingOf: (index: number) => `Recording ${index}`,
  recordingGone: 'The recording cannot be played. It may have been deleted.',
  speed: 'Speed',
  speedOf: (speed: string) => `${speed}×`,
  download: 'Download',
}
