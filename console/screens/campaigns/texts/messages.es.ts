import { defaultResults, leadStatuses } from '../../../components/call-center/texts.es.ts'
import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  script: {
    title: 'Guion',
    text: 'Lo que los agentes leen a un contacto',
    save: 'Guardar el guion',
    saved: 'El guion está guardado.',
    stale: 'Otra persona lo ha cambiado entretanto. Su texto sigue aquí, sin guardar.',
  },
  dispositions: {
    title: 'Resultados de una llamada',
    isDefault: 'Estos son los resultados habituales. Guarde para tener los propios.',
    key: 'Tecla',
    name: 'Nombre',
    effect: 'Qué ocurre',
    leadStatus: 'Estado del contacto',
    unchanged: 'no cambia',
    add: 'Añadir un resultado',
    remove: (name) => `Quitar ${name}`,
    save: 'Guardar los resultados',
    saved: 'Los resultados están guardados.',
    stale: 'Otra persona los ha cambiado entretanto. Sus datos siguen aquí, sin guardar.',
    effects: {
      done: 'No llamar más al contacto',
      retry: 'Intentar más tarde',
      callback: 'Devolver la llamada a la hora acordada',
      do_not_call: 'Poner en la lista de no llamar',
    },
    leadStatuses,
    defaultResults,
  },
}
