import { plural } from '../../i18n/plural.ts'
import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  unknown: 'Состояние неизвестно',
  states: {
    Idle: 'Свободен',
    Ringing: 'Звонит телефон',
    Ring: 'Набирает номер',
    Up: 'Разговаривает',
    Busy: 'Занят',
    OnHold: 'На удержании',
    Unavailable: 'Недоступен',
  },
  statesWith: {
    Idle: () => 'Свободен',
    Ringing: (number) => `Входящий от ${number}`,
    Ring: (number) => `Звонит на ${number}`,
    Up: (number) => `Разговаривает с ${number}`,
    Busy: (number) => `Занят, ${number}`,
    OnHold: (number) => `На удержании, ${number}`,
    Unavailable: () => 'Недоступен',
  },
  statuses: {
    available: 'На месте',
    away: 'Отошёл',
    dnd: 'Не беспокоить',
    offline: 'Не в сети',
  },
  pick: 'Имя или номер',
  pickHint: 'Введите имя, внутренний или внешний номер; выбирайте стрелками.',
  pickNumber: (number) => `Номер ${number}`,
  pickCount: (count) =>
    plural('ru', count, {
      one: '# совпадение',
      few: '# совпадения',
      many: '# совпадений',
      other: '# совпадения',
    }),
}
