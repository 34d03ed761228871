import { plural } from '../../i18n/plural.ts'
import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  title: 'Iniciar sesión',
  login: 'Usuario, extensión o correo electrónico',
  password: 'Contraseña',
  remember: 'Mantener la sesión en este equipo',
  submit: 'Entrar',
  language: 'Idioma',
  reasons: {
    none: '',
    signed_out: 'Ha cerrado la sesión.',
    ended: 'La sesión ha terminado: se cerró en otro lugar o ha caducado. Inicie sesión de nuevo.',
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
