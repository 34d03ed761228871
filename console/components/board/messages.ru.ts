import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  states: {
    in_call: 'Разговор',
    ringing: 'Звонит',
    ready: 'Готов',
    after_call: 'После звонка',
    break: 'Перерыв',
    unreachable: 'Нет телефона',
    offline: 'Не в сети',
  },
  measures: {
    agents_ready: 'Готовы',
    calls_waiting: 'Ждут ответа',
    longest_wait: 'Дольше всех ждут',
    longest_break: 'Самый долгий перерыв',
    answer_rate: 'Отвечено сегодня',
  },
  levels: { warning: 'Внимание', critical: 'Критично' },
  pbxAway: 'Телефонная станция не отвечает: звонки показать нельзя.',
  noAgents: 'Операторов пока нет.',
}
