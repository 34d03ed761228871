import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  table: 'Los datos en una tabla',
  noPicture: 'No se pudo cargar el gráfico. La tabla de abajo tiene los mismos datos.',
}
