import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  audio: 'Ajustes de sonido',
  microphone: 'Micrófono',
  speaker: 'Altavoz',
  ringer: 'Timbre',
  browserDefault: 'El predeterminado del navegador',
  level: 'Nivel del micrófono',
  levelHint: 'Hable: la barra debe moverse.',
  testCall: 'Llamada de prueba',
  testCallFailed: 'La llamada de prueba ha fallado.',
  testCallHint: 'Llama al eco 600: se oirá a sí mismo.',
  noDevices: 'Permita el micrófono para ver su nombre.',
  devicesFailed: 'El teléfono no ha podido usar este dispositivo. Elija otro o inténtelo de nuevo.',
}
