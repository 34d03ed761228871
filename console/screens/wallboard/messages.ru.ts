import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  title: 'Настенный экран',
  noLink: 'В этом адресе нет ссылки.',
  refused: 'Эта ссылка больше не действует.',
  askForLink: 'Новую создаёт супервизор или администратор: раздел «Табло», вкладка «Настенные экраны».',
  connecting: 'Подключение …',
  old: (time) => `Данные на ${time}. Подключение восстанавливается …`,
  allTeams: 'Все группы',
  callsNow: 'Звонков сейчас',
  callsToday: 'Звонков сегодня',
  answeredToday: 'Отвечено',
  leads: 'Клиенты в очереди',
  campaign: 'Кампания',
  paused: 'приостановлена',
  waiting: 'Ждут',
  due: 'Пора звонить',
}
