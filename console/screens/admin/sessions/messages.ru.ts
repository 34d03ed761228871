import { plural } from '../../../i18n/plural.ts'
import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  list: 'Сеансы',
  empty: 'Активных сеансов нет.',
  show: (name) => `Показать сеансы: ${name}`,
  of: (name) => `Сеансы: ${name}`,
  current: 'Этот сеанс',
  fields: { surface: 'Вход через', address: 'Адрес', since: 'Начало', lastSeen: 'Активность' },
  surfaces: {
    mikopbx: 'Консоль',
    softphone: 'Софтфон',
    voip: 'Приложение VoIP',
    onboarding: 'Настройка телефона',
    crm: 'Колл-центр',
  },
  end: 'Завершить',
  endOne: (program) => `Завершить сеанс: ${program}`,
  endTitle: 'Завершить этот сеанс?',
  endAll: 'Завершить все',
  endAllTitle: (name) => `Завершить все сеансы: ${name}?`,
  endWhat:
    'Сотрудник сразу выйдет там из системы: звонки на странице прервутся, потоки остановятся, откроется страница входа. Войти можно будет снова; чтобы этого не допустить, отключите сотрудника.',
  ended: (count) =>
    plural('ru', count, {
      one: '# сеанс завершён.',
      few: '# сеанса завершены.',
      many: '# сеансов завершены.',
      other: '# сеанса завершены.',
    }),
}
