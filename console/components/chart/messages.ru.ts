import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  table: 'Данные таблицей',
  noPicture: 'График не загрузился. Те же данные есть в таблице ниже.',
}
