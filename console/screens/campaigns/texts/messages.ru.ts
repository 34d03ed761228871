import { defaultResults, leadStatuses } from '../../../components/call-center/texts.ru.ts'
import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  script: {
    title: 'Сценарий',
    text: 'Что операторы читают лиду',
    save: 'Сохранить сценарий',
    saved: 'Сценарий сохранён.',
    stale: 'Другой человек тем временем изменил его. Ваш текст ещё здесь и не сохранён.',
  },
  dispositions: {
    title: 'Результаты звонка',
    isDefault: 'Это обычные результаты. Сохраните, чтобы иметь свои.',
    key: 'Клавиша',
    name: 'Название',
    effect: 'Что произойдёт',
    leadStatus: 'Статус лида',
    unchanged: 'не меняется',
    add: 'Добавить результат',
    remove: (name) => `Удалить ${name}`,
    save: 'Сохранить результаты',
    saved: 'Результаты сохранены.',
    stale: 'Другой человек тем временем изменил их. Ваши данные ещё здесь и не сохранены.',
    effects: {
      done: 'Больше не звонить',
      retry: 'Попробовать позже',
      callback: 'Перезвонить в условленное время',
      do_not_call: 'В список «не звонить»',
    },
    leadStatuses,
    defaultResults,
  },
}
