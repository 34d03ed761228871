import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  product: 'Hookswitch',
  skipToContent: 'Перейти к содержимому',
  reconnecting: 'Восстанавливаем соединение …',
  replaced: 'Просмотр в реальном времени открыт в другом окне этой учётной записи.',
  takeBack: 'Продолжить здесь',
  navigation: 'Разделы',
  screens: {
    today: 'Сегодня',
    people: 'Сотрудники',
    live: 'Текущие звонки',
    history: 'История',
    admin: 'Управление',
    system: 'Система',
    me: 'Профиль',
  },
  signOut: 'Выйти',
  signOutFailed: 'Сервер не ответил, вы всё ещё в системе. Повторите попытку.',
  shortcuts: 'Сочетания клавиш',
  shortcutGo: (screen) => `Перейти: ${screen}`,
  shortcutHelp: 'Показать этот список',
  notFound: 'Такой страницы нет.',
  crashed: 'В этом разделе произошёл сбой. Остальная страница работает.',
  reload: 'Перезагрузить страницу',
}
