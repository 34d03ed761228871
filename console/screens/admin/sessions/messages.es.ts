import { plural } from '../../../i18n/plural.ts'
import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  list: 'Sesiones',
  empty: 'Esta persona no tiene ninguna sesión abierta.',
  show: (name) => `Mostrar las sesiones de ${name}`,
  of: (name) => `Sesiones de ${name}`,
  current: 'Esta sesión',
  fields: { surface: 'Acceso por', address: 'Desde', since: 'Inicio', lastSeen: 'Última actividad' },
  surfaces: {
    mikopbx: 'Consola',
    softphone: 'Softphone',
    voip: 'Aplicación VoIP',
    onboarding: 'Configuración del teléfono',
    crm: 'Centro de llamadas',
  },
  end: 'Terminar',
  endOne: (program) => `Terminar la sesión de ${program}`,
  endTitle: '¿Terminar esta sesión?',
  endAll: 'Terminar todas',
  endAllTitle: (name) => `¿Terminar todas las sesiones de ${name}?`,
  endWhat:
    'La persona sale de allí al momento: terminan las llamadas de la página, se detienen los flujos y aparece la página de acceso. Puede entrar de nuevo; para impedirlo, desactive a la persona.',
  ended: (count) =>
    plural('es', count, { one: 'Ha terminado # sesión.', other: 'Han terminado # sesiones.' }),
}
