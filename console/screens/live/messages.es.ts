import { plural } from '../../i18n/plural.ts'
import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  onlyOverseers: 'Solo los supervisores y administradores ven las llamadas en curso de los demás.',
  count: (count) => plural('es', count, { one: '# llamada', other: '# llamadas' }),
  empty: 'No hay llamadas en este momento.',
  emptyHint: 'Cada llamada aparece aquí en cuanto un teléfono marca o suena.',
  pbxAway: 'La centralita no responde. Las llamadas mostradas pueden no estar al día.',
  calls: 'Llamadas en curso',
  columns: {
    state: 'Estado',
    from: 'De',
    to: 'A',
    direction: 'Dirección',
    time: 'Tiempo',
    phones: 'Teléfonos',
    actions: 'Acciones',
  },
  holds: 'tiene la línea en espera',
  parkedAt: (space) => `aparcada en ${space}`,
  actionsFor: (from, to) => `Acciones de la llamada ${from} → ${to}`,
  hangup: 'Colgar',
  transfer: 'Transferir …',
  hangupTitle: '¿Colgar esta llamada?',
  hangupText: (from, to) => `La llamada entre ${from} y ${to} termina para todos.`,
  hangupTeamText: (from, to) =>
    `La llamada entre ${from} y ${to} termina. Si participa un teléfono ajeno a su equipo, solo se cuelgan los de su equipo.`,
  hangupOwnText: (partner) => `Su teléfono deja la llamada con ${partner}.`,
  hungUp: 'La llamada se ha colgado.',
  transferTitle: 'Transferir esta llamada',
  transferText: (leaving, staying) =>
    `${leaving} deja la llamada. ${staying} queda en conexión con la persona o el número que usted elija.`,
  transferTeamText:
    'Un teléfono de su equipo deja la llamada. El otro extremo queda en conexión con la persona o el número que usted elija.',
  transferTo: (name) => `Transferir a ${name}`,
  transferNone: 'Transferir',
}
