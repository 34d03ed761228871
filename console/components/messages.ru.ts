import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  cancel: 'Отмена',
  close: 'Закрыть',
  retry: 'Повторить',
  loading: 'Загрузка …',
  loadFailed: 'Не удалось загрузить.',
  noPermission: 'У вас нет доступа к этому разделу.',
  showPassword: 'Показать пароль',
  capsLock: 'Включён Caps Lock.',
  device: (program, system) =>
    program === undefined
      ? (system ?? 'Неизвестная программа')
      : system === undefined
        ? program
        : `${program}, ${system}`,
  secretOnce: 'Показывается только один раз. Передайте безопасным способом.',
  copy: 'Копировать',
  copied: 'Скопировано.',
  copyFailed: 'Браузер не разрешает странице копировать. Выделите текст и скопируйте его сами.',
  done: 'Готово',
  errors: {
    noAnswer: 'Сервер не отвечает. Проверьте сеть; попытки продолжаются.',
    unavailable: 'Сервер сейчас не может это сделать. Повторите чуть позже.',
    throttled: (seconds) => `Слишком много запросов. Повторите через ${seconds} с.`,
    forbidden: 'У вас нет прав на это действие.',
    notFound: 'Этого больше нет.',
    conflict: 'Сейчас это невозможно: данные уже изменились или используются.',
    notSupported: 'Эта система такого не умеет.',
    unconfirmed: 'АТС не подтвердила действие. Проверьте, прежде чем повторять.',
    unexpected: 'Что-то пошло не так.',
    codes: {
      token_missing: 'Ваш сеанс завершён. Войдите снова.',
      token_invalid: 'Ваш сеанс завершён. Войдите снова.',
      token_expired: 'Ваш сеанс завершён. Войдите снова.',
      token_revoked: 'Ваш сеанс завершён. Войдите снова.',
      credentials_wrong: 'Неверное имя или пароль.',
      input_invalid: 'Сервер не принял введённое.',
      input_too_large: 'Слишком большой объём данных.',
      taken: 'Это уже занято.',
      dial_denied: 'На этот номер звонить нельзя: его запрещают правила набора или список «Не звонить».',
      unknown_number: 'АТС не знает такого номера.',
    },
  },
}
