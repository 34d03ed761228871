import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  list: 'Сотрудники',
  empty: 'По этим условиям никого нет.',
  active: 'Активен',
  disabled: 'Отключён',
  add: 'Добавить сотрудника',
  actions: (name) => `Действия: ${name}`,
  edit: 'Изменить …',
  setPassword: 'Задать пароль …',
  resetFactors: 'Сбросить второй фактор …',
  sessions: 'Сеансы',
  log: 'Журнал безопасности',
  disable: 'Отключить …',
  enable: 'Включить',
  delete: 'Удалить …',
  fields: { username: 'Имя пользователя', lastLogin: 'Последний вход', never: 'не было' },
  wasEnabled: (name) => `Вход снова разрешён: ${name}.`,
}
