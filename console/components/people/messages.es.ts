import { plural } from '../../i18n/plural.ts'
import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  unknown: 'Estado desconocido',
  states: {
    Idle: 'Libre',
    Ringing: 'Suena su teléfono',
    Ring: 'Llamando',
    Up: 'En una llamada',
    Busy: 'Ocupado',
    OnHold: 'En espera',
    Unavailable: 'No localizable',
  },
  statesWith: {
    Idle: () => 'Libre',
    Ringing: (number) => `Le llama ${number}`,
    Ring: (number) => `Llamando a ${number}`,
    Up: (number) => `En una llamada con ${number}`,
    Busy: (number) => `Ocupado con ${number}`,
    OnHold: (number) => `En espera con ${number}`,
    Unavailable: () => 'No localizable',
  },
  statuses: {
    available: 'Disponible',
    away: 'Ausente',
    dnd: 'No molestar',
    offline: 'Desconectado',
  },
  pick: 'Nombre o número',
  pickHint: 'Escriba un nombre, una extensión o un número; elija con las flechas.',
  pickNumber: (number) => `Usar el número ${number}`,
  pickCount: (count) => plural('es', count, { one: '# resultado', other: '# resultados' }),
}
