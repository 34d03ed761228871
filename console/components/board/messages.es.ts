import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  states: {
    in_call: 'En llamada',
    ringing: 'Sonando',
    ready: 'Disponible',
    after_call: 'Tras la llamada',
    break: 'Pausa',
    unreachable: 'Sin teléfono',
    offline: 'Desconectado',
  },
  measures: {
    agents_ready: 'Agentes disponibles',
    calls_waiting: 'Llamadas en espera',
    longest_wait: 'Espera más larga',
    longest_break: 'Pausa más larga',
    answer_rate: 'Atendidas hoy',
  },
  levels: { warning: 'Aviso', critical: 'Crítico' },
  pbxAway: 'La centralita no responde: no se pueden mostrar las llamadas.',
  noAgents: 'Todavía no hay agentes.',
}
