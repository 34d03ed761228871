import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  title: 'Editar el contacto',
  saved: (name) => `Se guardó ${name}.`,
  mergeTitle: 'Otro usuario ha cambiado este contacto',
  mergeHint: 'Ambos han cambiado lo mismo. Elija qué se guarda; los demás cambios de los dos se conservan.',
  mine: (value) => `Mío: ${value}`,
  theirs: (value) => `Del otro: ${value}`,
}
