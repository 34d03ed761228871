import { plural } from '../../../i18n/plural.ts'
import type { messages as english } from './messages.en.ts'

const leads = (count: number) => plural('es', count, { one: '# contacto', other: '# contactos' })

export const messages: typeof english = {
  title: 'Cambiar los contactos seleccionados',
  selected: (count) => `Selección: ${leads(count)}`,
  selectAll: (count) => `Seleccionar toda la lista: ${leads(count)}`,
  selectNone: 'Quitar la selección',
  kinds: { assign: 'Asignar', status: 'Poner estado', campaign: 'Poner campaña' },
  choose: 'Elija …',
  count: 'Contar los contactos',
  willChange: (count) =>
    `Se cambiarán ${leads(count)}. Los que ya están así no cambian. Esto no se puede deshacer.`,
  change: (count) => `Cambiar ${leads(count)}`,
  progress: (changed, unchanged, refused) =>
    `Cambiados: ${changed}. Ya estaban así: ${unchanged}. Rechazados: ${refused}.`,
}
