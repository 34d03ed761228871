import { plural } from '../../../i18n/plural.ts'
import type { messages as english } from './messages.en.ts'

const leads = (count: number) =>
  plural('ru', count, { one: '# лид', few: '# лида', many: '# лидов', other: '# лида' })

export const messages: typeof english = {
  title: 'Изменить выбранные лиды',
  selected: (count) => `Выбрано: ${leads(count)}`,
  selectAll: (count) => `Выбрать весь список: ${leads(count)}`,
  selectNone: 'Снять выбор',
  kinds: { assign: 'Назначить', status: 'Задать статус', campaign: 'Задать кампанию' },
  choose: 'Выберите …',
  count: 'Подсчитать лиды',
  willChange: (count) =>
    `Будет изменено: ${leads(count)}. Те, у кого это значение уже есть, не изменятся. Отменить это нельзя.`,
  change: (count) => `Изменить ${leads(count)}`,
  progress: (changed, unchanged, refused) =>
    `Изменено: ${changed}. Без изменений: ${unchanged}. Отказано: ${refused}.`,
}
