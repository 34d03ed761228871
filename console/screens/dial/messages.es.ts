import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  title: 'Llamar a un número',
  hint: 'Un enlace ha introducido este número. Compruébelo: no se marca nada hasta que pulse «Llamar».',
  call: 'Llamar',
  refused: 'Este enlace no contiene un número de teléfono al que se pueda llamar.',
}
