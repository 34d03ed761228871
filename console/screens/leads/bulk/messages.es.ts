import { plural } from '../../../i18n/plural.ts'
import type { messages as english } from './messages.en.ts'

const leads = (count: number, isExact: boolean) =>
  (isExact ? '' : 'al menos ') + plural('es', count, { one: '# contacto', other: '# contactos' })

export const messages: typeof english = {
  title: 'Cambiar los contactos seleccionados',
  selected: (count, isExact) => `Selección: ${leads(count, isExact)}`,
  selectAll: (count, isExact) => `Seleccionar toda la lista: ${leads(count, isExact)}`,
  selectNone: 'Quitar la selección',
  kinds: { assign: 'Asignar', status: 'Poner estado', campaign: 'Poner campaña' },
  choose: 'Elija …',
  count: 'Contar los contactos',
  willChange: (count, isExact) =>
    `Se cambiarán ${leads(count, isExact)}. Los que ya están así no cambian. Esto no se puede deshacer.`,
  change: (count, isExact) => `Cambiar ${leads(count, isExact)}`,
  progress: (changed, unchanged, refused) =>
    `Cambiados: ${changed}. Ya estaban así: ${unchanged}. Rechazados: ${refused}.`,
}
