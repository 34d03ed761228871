import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  list: 'Сотрудники',
  empty: 'По этим условиям никого нет.',
  active: 'Активен',
  disabled: 'Отключён',
  mustChangePassword: 'Должен сменить пароль',
  add: 'Добавить сотрудника',
  actions: (name) => `Действия: ${name}`,
  edit: 'Изменить …',
  setPassword: 'Задать пароль …',
  authority: 'Способ входа …',
  authorities: {
    local: '',
    phone: 'от телефона',
    directory: 'из каталога компании',
    provider: 'у поставщика удостоверений',
  },
  resetFactors: 'Сбросить второй фактор …',
  sessions: 'Сеансы',
  log: 'Журнал безопасности',
  disable: 'Отключить …',
  enable: 'Включить',
  delete: 'Удалить …',
  fields: { password: 'Пароль', username: 'Имя пользователя', lastLogin: 'Последний вход', never: 'не было' },
  wasEnabled: (name) => `Вход снова разрешён: ${name}.`,
}
