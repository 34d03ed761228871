import { plural } from '../../i18n/plural.ts'
import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  filter: 'Найти сотрудника',
  filterHint: 'Имя, имя пользователя или внутренний номер',
  filterShortcut: 'Найти сотрудника',
  view: 'Вид',
  tiles: 'Плитки',
  list: 'Список',
  people: 'Сотрудники',
  count: (count) =>
    plural('ru', count, {
      one: '# сотрудник',
      few: '# сотрудника',
      many: '# сотрудников',
      other: '# сотрудника',
    }),
  queues: 'Очереди',
  noPeople: 'Звонить пока некому.',
  noPeopleHint: 'Сотрудник появится здесь, как только получит внутренний номер.',
  noMatch: (query) => `Нет имени или номера, подходящего под «${query}».`,
  clearFilter: 'Сбросить фильтр',
  listFailed: 'Не удалось загрузить избранное и имена пользователей. Состояния обновляются как обычно.',
  me: 'Вы',
  call: 'Позвонить',
  callPerson: (name) => `Позвонить: ${name}`,
  more: (name) => `Другие действия: ${name}`,
  addFavourite: (name) => `Добавить в избранное: ${name}`,
  removeFavourite: (name) => `Убрать из избранного: ${name}`,
  transferHere: (partner) => `Перевести сюда разговор с ${partner}`,
  showHistory: 'Звонки с этим номером',
  myCalls: 'Мои звонки',
  myCallsHint: 'Чтобы перевести звонок, перетащите его на сотрудника или откройте меню сотрудника.',
  keyboardHint: 'Стрелки — переход, Enter — звонок, F — избранное.',
}
