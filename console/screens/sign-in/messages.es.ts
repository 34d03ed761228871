import { plural } from '../../i18n/plural.ts'
import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  title: 'Iniciar sesión',
  login: 'Usuario, extensión o correo electrónico',
  password: 'Contraseña',
  remember: 'Mantener la sesión en este equipo',
  submit: 'Entrar',
  language: 'Idioma',
  newPassword: 'Elija una contraseña nueva',
  forgot: '¿Olvidó su contraseña?',
  register: 'Crear una cuenta',
  invitation: 'Tengo una invitación',
  signInWith: (name) => `Entrar con ${name}`,
  reasons: {
    none: '',
    signed_out: 'Ha cerrado la sesión.',
    ended: 'La sesión ha terminado. Inicie sesión de nuevo.',
    ended_by_user: 'La sesión ha terminado: usted la cerró en otro dispositivo o navegador.',
    ended_by_admin: 'La sesión ha terminado: un administrador la cerró.',
    password: 'La sesión ha terminado: la contraseña de su cuenta ha cambiado. Inicie sesión con la nueva.',
    changed:
      'La sesión ha terminado: su rol o su extensión han cambiado. Inicie sesión de nuevo para usarlos.',
    disabled: 'La sesión ha terminado: su cuenta está desactivada. Consulte a su administrador.',
    expired: 'La sesión ha terminado: ha caducado. Inicie sesión de nuevo.',
    ended_by_provider:
      'La sesión ha terminado: usted la cerró en el servicio de inicio de sesión, o un administrador la cerró allí.',
    token_reuse:
      'La sesión ha terminado: se usó una copia de ella en otro lugar. Si no fue usted, cambie su contraseña.',
  },
  errors: {
    wrong: 'El usuario o la contraseña no son correctos.',
    invalid: 'Escriba su usuario y su contraseña.',
    unavailable:
      'El servidor no puede comprobarlo ahora. Su contraseña no es el problema; inténtelo en un momento.',
    throttled: (seconds) =>
      `Demasiadas contraseñas erróneas. Inténtelo en ${plural('es', seconds, { one: '# segundo', other: '# segundos' })}.`,
  },
}
