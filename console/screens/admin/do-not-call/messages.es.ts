import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  list: 'Números a los que no se llama desde aquí',
  empty: 'Aún no hay números. A los que añada no se les llama desde aquí.',
  noMatch: 'Ningún número coincide con la búsqueda.',
  search: 'Número o nota',
  add: 'Añadir un número',
  addTitle: 'Añadir un número',
  addWhat:
    'Desde ahora no se llama a este número: ni las personas ni las campañas. Él sí puede llamarnos. Los números de emergencia no se admiten.',
  number: 'Número',
  numberHint: 'Escrito de cualquier forma, como +49 30 12345',
  note: 'Nota',
  noteHint: 'El motivo, para otros administradores',
  addAction: 'Añadir',
  added: (number) => `${number} está en la lista.`,
  since: 'Añadido',
  remove: 'Quitar',
  removeTitle: (number) => `¿Quitar ${number}?`,
  removeWhat: 'Las personas y las campañas pueden volver a llamar a este número al momento.',
  removeAction: 'Quitar',
  removed: (number) => `Se puede volver a llamar a ${number}.`,
}
