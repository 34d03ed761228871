import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  audio: 'Настройки звука',
  microphone: 'Микрофон',
  speaker: 'Динамик',
  ringer: 'Звонок',
  browserDefault: 'По умолчанию в браузере',
  level: 'Уровень микрофона',
  levelHint: 'Говорите: полоска должна двигаться.',
  testCall: 'Проверочный звонок',
  testCallFailed: 'Проверочный звонок не удался.',
  testCallHint: 'Звонит на эхо 600: вы услышите себя.',
  noDevices: 'Разрешите микрофон, чтобы увидеть его название.',
  devicesFailed: 'Телефон не смог перейти на это устройство. Выберите другое или попробуйте ещё раз.',
}
