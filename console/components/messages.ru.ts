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
  errors: {
    noAnswer: 'Сервер не отвечает. Проверьте сеть; попытки продолжаются.',
    unavailable: 'Сервер сейчас не может это сделать. Повторите чуть позже.',
    throttled: (seconds) => `Слишком много запросов. Повторите через ${seconds} с.`,
    forbidden: 'У вас нет прав на это действие.',
    notFound: 'Этого больше нет.',
    conflict: 'Данные уже изменились или используются.',
    notSupported: 'Эта система такого не умеет.',
    unconfirmed: 'АТС не подтвердила действие. Проверьте, прежде чем повторять.',
    unexpected: 'Что-то пошло не так.',
  },
}
