import { plural } from '../../i18n/plural.ts'
import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  title: 'Вход',
  login: 'Имя, внутренний номер или эл. почта',
  password: 'Пароль',
  remember: 'Не выходить на этом компьютере',
  submit: 'Войти',
  language: 'Язык',
  reasons: {
    none: '',
    signed_out: 'Вы вышли.',
    ended: 'Сеанс завершён: его закрыли в другом месте или истёк срок. Войдите снова.',
  },
  errors: {
    wrong: 'Неверное имя или пароль.',
    invalid: 'Введите имя и пароль.',
    unavailable: 'Сервер сейчас не может проверить вход. С паролем всё в порядке; повторите чуть позже.',
    throttled: (seconds) =>
      `Слишком много неверных паролей. Повторите через ${plural('ru', seconds, {
        one: '# секунду',
        few: '# секунды',
        many: '# секунд',
        other: '# секунды',
      })}.`,
  },
}
