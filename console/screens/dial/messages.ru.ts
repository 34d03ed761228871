import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  title: 'Позвонить по номеру',
  hint: 'Номер введён по ссылке. Проверьте его: звонок начнётся, только когда вы нажмёте «Позвонить».',
  call: 'Позвонить',
  refused: 'В этой ссылке нет номера, по которому можно позвонить.',
}
