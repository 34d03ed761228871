import { plural } from '../../i18n/plural.ts'
import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  title: 'Управление',
  tabs: {
    people: 'Сотрудники',
    import: 'Импорт',
    sessions: 'Сеансы',
    invitations: 'Приглашения',
    'do-not-call': 'Не звонить',
    provisioning: 'Настройка номеров',
    webhooks: 'Вебхуки',
    tokens: 'Токены',
    log: 'Журнал безопасности',
  },
  roles: { user: 'Пользователь', supervisor: 'Супервизор', admin: 'Администратор' },
  role: 'Роль',
  extension: 'Внутренний номер',
  extensionHint: 'До 32 цифр. Оставьте пустым, если телефон не нужен.',
  email: 'Эл. почта',
  state: 'Состояние',
  all: 'Все',
  search: 'Поиск',
  more: 'Показать ещё',
  total: (count) =>
    plural('ru', count, { one: '# запись', few: '# записи', many: '# записей', other: '# записи' }),
  person: 'Сотрудник',
  choosePerson: 'Выберите сотрудника',
  otherPerson: 'Выбрать другого',
  noPerson: 'Ничего не найдено.',
}
