import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  what: 'Extensiones que la centralita aún no tiene como debería.',
  list: 'Extensiones sin terminar',
  empty: 'Todas las extensiones están como deben.',
  emptyFiltered: 'Ninguna extensión está en este estado.',
  states: { waiting: 'En espera', failing: 'Con errores', stuck: 'Atascada', external: 'Creada fuera' },
  means: {
    waiting: 'El primer intento llega en un momento.',
    failing: 'Un intento falló. Se repite por sí solo.',
    stuck: 'Ninguna API en marcha lo intenta. Compruebe que funciona una API con aprovisionamiento.',
    external:
      'La centralita ya tiene esta extensión, y no se creó desde aquí. Elimínela allí o déjela como está.',
  },
  actions: { create: 'Crear', remove: 'Eliminar', none: 'Nada' },
  fields: {
    action: 'Pendiente',
    person: 'Persona',
    attempts: 'Intentos',
    since: 'Desde',
    next: 'Próximo intento',
    error: 'Último error',
  },
  retry: 'Reintentar',
  retried: (extension) => `La extensión ${extension} se intenta de nuevo en segundos.`,
  retryAll: 'Reintentar todas',
  progress: (done, all) => `${done} de ${all} enviadas`,
  allRetried: (done, failed) =>
    failed === 0
      ? `Extensiones que se intentan de nuevo en segundos: ${done}.`
      : `Extensiones que se intentan de nuevo en segundos: ${done}; rechazadas: ${failed}.`,
}
