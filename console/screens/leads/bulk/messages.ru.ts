import { plural } from '../../../i18n/plural.ts'
import type { messages as english } from './messages.en.ts'

const leads = (count: number, isExact: boolean) =>
  (isExact ? '' : 'не меньше чем ') +
  plural('ru', count, { one: '# лид', few: '# лида', many: '# лидов', other: '# лида' })

export const messages: typeof english = {
  title: 'Изменить выбранные лиды',
  selected: (count, isExact) => `Выбрано: ${leads(count, isExact)}`,
  selectAll: (count, isExact) => `Выбрать весь список: ${leads(count, isExact)}`,
  selectNone: 'Снять выбор',
  kinds: { assign: 'Назначить', status: 'Задать статус', campaign: 'Задать кампанию' },
  choose: 'Выберите …',
  count: 'Подсчитать лиды',
  willChange: (count, isExact) =>
    `Будет изменено: ${leads(count, isExact)}. Те, у кого это значение уже есть, не изменятся. Отменить это нельзя.`,
  change: (count, isExact) => `Изменить ${leads(count, isExact)}`,
  progress: (changed, unchanged, refused) =>
    `Изменено: ${changed}. Без изменений: ${unchanged}. Отказано: ${refused}.`,
}
