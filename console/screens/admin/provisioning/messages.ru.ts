import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  what: 'Внутренние номера, которые на АТС ещё не такие, какими должны быть.',
  list: 'Незавершённые номера',
  empty: 'Все номера в порядке.',
  emptyFiltered: 'В этом состоянии номеров нет.',
  states: { waiting: 'Ожидает', failing: 'Ошибки', stuck: 'Застрял', external: 'Создан не здесь' },
  means: {
    waiting: 'Первая попытка вот-вот начнётся.',
    failing: 'Попытка не удалась, она повторится сама.',
    stuck: 'Ни один работающий API им не занимается. Проверьте, что запущен API с настройкой номеров.',
    external: 'На АТС уже есть такой номер, и создан он не здесь. Удалите его там или оставьте как есть.',
  },
  actions: { create: 'Создать', remove: 'Удалить', none: 'Ничего' },
  fields: {
    action: 'Действие',
    person: 'Сотрудник',
    attempts: 'Попыток',
    since: 'С',
    next: 'Следующая попытка',
    error: 'Последняя ошибка',
  },
  retry: 'Повторить',
  retried: (extension) => `Номер ${extension}: новая попытка в ближайшие секунды.`,
  retryAll: 'Повторить для всех',
  progress: (done, all) => `Передано ${done} из ${all}`,
  allRetried: (done, failed) =>
    failed === 0
      ? `Новая попытка в ближайшие секунды, номеров: ${done}.`
      : `Новая попытка в ближайшие секунды, номеров: ${done}; отклонено: ${failed}.`,
}
