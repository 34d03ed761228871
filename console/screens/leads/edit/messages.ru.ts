import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  title: 'Правка лида',
  saved: (name) => `Сохранено: ${name}.`,
  mergeTitle: 'Другой пользователь изменил этот лид',
  mergeHint: 'Вы изменили одно и то же. Выберите, что сохранить; остальные изменения обоих останутся.',
  mine: (value) => `Моё: ${value}`,
  theirs: (value) => `Другое: ${value}`,
}
