import type { defaultResults as englishResults, leadStatuses as englishStatuses } from './texts.en.ts'

/** The status of a lead, on each screen. */
export const leadStatuses: typeof englishStatuses = {
  new: 'Nuevo',
  contacted: 'Contactado',
  qualified: 'Cualificado',
  converted: 'Convertido',
  lost: 'Perdido',
  do_not_call: 'No llamar',
}

/** The usual results of a call, by key. */
export const defaultResults: typeof englishResults = {
  1: 'Cualificado',
  2: 'Contactado',
  3: 'No le interesa',
  4: 'Volver a llamar',
  5: 'Probar otra vez',
  6: 'Número equivocado',
  7: 'Venta',
  9: 'No llamar',
}
