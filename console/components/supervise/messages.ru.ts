import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  by: {
    listen: (name) => `Слушает ${name}`,
    whisper: (name) => `${name} слушает и подсказывает оператору`,
    join: (name) => `К разговору присоединился супервизор: ${name}`,
  },
  rings: (name) => `Звонит телефон супервизора ${name}, чтобы слушать`,
  mine: 'Моё участие в звонке',
  modes: {
    listen: 'Слушать',
    whisper: 'Подсказывать',
    join: 'Присоединиться',
  },
  hints: {
    listen: 'Вас не слышит ни одна из сторон.',
    whisper: 'Вас слышит только оператор.',
    join: 'Вас слышат обе стороны.',
  },
  pickUp: 'Снимите трубку: ваш телефон звонит, чтобы слушать.',
  stop: 'Перестать слушать',
  takeOver: 'Забрать звонок …',
  takeOverTitle: 'Забрать этот звонок?',
  takeOverAction: 'Забрать',
  takeOverText: (agent) =>
    `${agent} отключится от разговора, и с собеседником будете говорить вы. Вернуть звонок так же нельзя: его можно перевести.`,
  takenOver: 'Теперь это ваш звонок.',
}
