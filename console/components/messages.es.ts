import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  cancel: 'Cancelar',
  close: 'Cerrar',
  retry: 'Reintentar',
  loading: 'Cargando …',
  loadFailed: 'No se pudo cargar.',
  noPermission: 'No tiene acceso a esta sección.',
  showPassword: 'Mostrar la contraseña',
  capsLock: 'Bloq Mayús está activado.',
  errors: {
    noAnswer: 'El servidor no responde. Compruebe la red; se sigue intentando.',
    unavailable: 'El servidor no puede hacerlo ahora. Inténtelo en un momento.',
    throttled: (seconds) => `Demasiadas solicitudes. Inténtelo en ${seconds} s.`,
    forbidden: 'No tiene permiso para hacerlo.',
    notFound: 'Ya no existe.',
    conflict: 'Ha cambiado mientras tanto o está en uso.',
    notSupported: 'Este sistema no puede hacerlo.',
    unconfirmed: 'La centralita no lo ha confirmado. Compruébelo antes de repetir.',
    unexpected: 'Algo ha fallado.',
  },
}
