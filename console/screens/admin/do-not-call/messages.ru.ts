import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  list: 'Номера, на которые отсюда не звонят',
  empty: 'Номеров пока нет. На добавленные отсюда звонить не будут.',
  noMatch: 'Ни один номер не найден.',
  search: 'Номер или заметка',
  add: 'Добавить номер',
  addTitle: 'Добавить номер',
  addWhat:
    'С этого момента на номер не звонят ни сотрудники, ни кампании. Входящие с него по-прежнему возможны. Экстренные номера добавить нельзя.',
  number: 'Номер',
  numberHint: 'В любой записи, например +49 30 12345',
  note: 'Заметка',
  noteHint: 'Причина, для других администраторов',
  addAction: 'Добавить',
  added: (number) => `Номер в списке: ${number}.`,
  since: 'Добавлен',
  remove: 'Убрать',
  removeTitle: (number) => `Убрать ${number}?`,
  removeWhat: 'На номер сразу снова смогут звонить сотрудники и кампании.',
  removeAction: 'Убрать',
  removed: (number) => `На номер снова можно звонить: ${number}.`,
}
