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
  device: (program, system) =>
    program === undefined
      ? (system ?? 'Programa desconocido')
      : system === undefined
        ? program
        : `${program} en ${system}`,
  secretOnce: 'Se muestra una sola vez. Entréguelo por un medio seguro.',
  copy: 'Copiar',
  copied: 'Copiado.',
  copyFailed: 'El navegador no permite copiar a la página. Seleccione el texto y cópielo usted.',
  done: 'Hecho',
  errors: {
    noAnswer: 'El servidor no responde. Compruebe la red; se sigue intentando.',
    unavailable: 'El servidor no puede hacerlo ahora. Inténtelo en un momento.',
    throttled: (seconds) => `Demasiadas solicitudes. Inténtelo en ${seconds} s.`,
    forbidden: 'No tiene permiso para hacerlo.',
    notFound: 'Ya no existe.',
    conflict: 'Ahora no es posible: ha cambiado mientras tanto o está en uso.',
    notSupported: 'Este sistema no puede hacerlo.',
    unconfirmed: 'La centralita no lo ha confirmado. Compruébelo antes de repetir.',
    unexpected: 'Algo ha fallado.',
    codes: {
      token_missing: 'Su sesión ha terminado. Inicie sesión de nuevo.',
      token_invalid: 'Su sesión ha terminado. Inicie sesión de nuevo.',
      token_expired: 'Su sesión ha terminado. Inicie sesión de nuevo.',
      token_revoked: 'Su sesión ha terminado. Inicie sesión de nuevo.',
      credentials_wrong: 'El nombre o la contraseña no son correctos.',
      input_invalid: 'El servidor no acepta estos datos.',
      input_too_large: 'Es demasiado grande para el servidor.',
      taken: 'Ya está en uso.',
      dial_denied:
        'No se puede llamar a este número: lo prohíben las reglas de marcación o la lista «No llamar».',
      unknown_number: 'La centralita no conoce este número.',
    },
  },
}
