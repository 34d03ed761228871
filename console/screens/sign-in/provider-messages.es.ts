import type { messages as english } from './provider-messages.en.ts'

export const messages: typeof english = {
  title: 'Iniciando sesión',
  pending: 'Un momento: se está iniciando su sesión.',
  failed: 'No ha iniciado sesión',
  errors: {
    denied: 'El inicio de sesión se canceló en el servicio.',
    expired: 'Este inicio de sesión ya se usó, tardó demasiado o empezó en otro navegador. Empiece de nuevo.',
    refused:
      'La respuesta del servicio de inicio de sesión no es válida. Empiece de nuevo. Si se repite, consulte a su administrador.',
    not_allowed: 'Su cuenta del servicio no puede usarse aquí. Consulte a su administrador.',
    taken:
      'Otra cuenta ya tiene su nombre, su dirección o su extensión. Si es suya, pida a su administrador que la vincule.',
    disabled: 'Su cuenta aquí está desactivada. Consulte a su administrador.',
    unavailable:
      'El servidor no puede comprobarlo ahora. Su cuenta no es el problema; empiece de nuevo en un momento.',
  },
}
