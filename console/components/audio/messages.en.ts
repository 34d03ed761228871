export const messages = {
  audio: 'Sound settings',
  microphone: 'Microphone',
  speaker: 'Speaker',
  ringer: 'Ringer',
  browserDefault: 'The browser’s default',
  level: 'Level of the microphone',
  levelHint: 'Speak: the bar must move.',
  testCall: 'Test call',
  testCallFailed: 'The test call failed.',
  testCallHint: 'Calls the echo at 600, which plays back your voice.',
  noDevices: 'Allow the microphone to see its name.',
  devicesFailed: 'The phone could not change to this device. Choose another one, or try it again.',
}
