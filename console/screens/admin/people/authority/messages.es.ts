import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  title: (name) => `Cómo entra ${name}`,
  save: 'Guardar',
  place: 'La contraseña',
  places: {
    phone: 'La contraseña SIP del teléfono, que comprueba la centralita',
    local: 'Una contraseña propia, que se guarda aquí',
  },
  now: {
    local: 'Ahora: una contraseña guardada aquí.',
    phone: 'Ahora: la contraseña SIP del teléfono, que comprueba la centralita.',
    directory: 'Ahora: la contraseña del directorio de la empresa.',
    provider: 'Ahora: el proveedor de identidad de la empresa.',
  },
  newPassword: 'Contraseña nueva',
  newPasswordHint: (min) => `${min} caracteres o más.`,
  effect:
    'Todas las sesiones de esta persona terminan al instante: tendrá que entrar de nuevo. Si la contraseña pasa a ser la del teléfono, la que se guarda aquí se borra.',
  off: 'La entrada con la contraseña del teléfono está desactivada en este servidor: consulte HOOKSWITCH_PHONE_SIGN_IN.',
  noExtension: 'Esta persona no tiene extensión, así que no hay un teléfono con contraseña.',
  saved: (name) => `${name} entra ahora de otra manera.`,
}
