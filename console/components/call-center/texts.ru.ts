import type { defaultResults as englishResults, leadStatuses as englishStatuses } from './texts.en.ts'

/** The status of a lead, on each screen. */
export const leadStatuses: typeof englishStatuses = {
  new: 'Новый',
  contacted: 'Был контакт',
  qualified: 'Подходит',
  converted: 'Стал клиентом',
  lost: 'Потерян',
  do_not_call: 'Не звонить',
}

/** The usual results of a call, by key. */
export const defaultResults: typeof englishResults = {
  1: 'Заинтересован',
  2: 'Поговорили',
  3: 'Не интересно',
  4: 'Перезвонить',
  5: 'Попробовать ещё',
  6: 'Неверный номер',
  7: 'Сделка',
  9: 'Не звонить',
}
