import { plural } from '../../i18n/plural.ts'
import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  onlyOverseers: 'Текущие звонки других видят только супервизоры и администраторы.',
  count: (count) =>
    plural('ru', count, { one: '# звонок', few: '# звонка', many: '# звонков', other: '# звонка' }),
  empty: 'Сейчас звонков нет.',
  emptyHint: 'Звонок появится здесь, как только телефон начнёт набирать номер или зазвонит.',
  pbxAway: 'Телефонная станция не отвечает. Показанные звонки могли устареть.',
  calls: 'Текущие звонки',
  columns: {
    state: 'Состояние',
    from: 'Кто',
    to: 'Кому',
    direction: 'Направление',
    time: 'Время',
    phones: 'Телефоны',
    actions: 'Действия',
  },
  holds: 'удерживает линию',
  parkedAt: (space) => `на парковке ${space}`,
  actionsFor: (from, to) => `Действия со звонком ${from} → ${to}`,
  hangup: 'Завершить',
  transfer: 'Перевести …',
  hangupTitle: 'Завершить этот звонок?',
  hangupText: (from, to) => `Разговор ${from} и ${to} завершится для всех участников.`,
  hangupTeamText: (from, to) =>
    `Разговор ${from} и ${to} завершится. Если в нём есть телефон не из вашей группы, отключатся только телефоны вашей группы.`,
  hangupOwnText: (partner) => `Ваш телефон выйдет из разговора: ${partner}.`,
  hungUp: 'Звонок завершён.',
  transferTitle: 'Перевести этот звонок',
  transferText: (leaving, staying) =>
    `${leaving} выходит из разговора. ${staying} соединяется с выбранным сотрудником или номером.`,
  transferTeamText:
    'Телефон вашей группы выходит из разговора. Другая сторона соединяется с выбранным сотрудником или номером.',
  transferTo: (name) => `Перевести: ${name}`,
  transferNone: 'Перевести',
}
