import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  product: 'Hookswitch',
  skipToContent: 'Ir al contenido',
  reconnecting: 'Reconectando …',
  replaced: 'Otra ventana de esta cuenta tiene ahora la vista en vivo.',
  takeBack: 'Usarla aquí',
  navigation: 'Secciones',
  screens: {
    today: 'Hoy',
    people: 'Personas',
    live: 'Llamadas en curso',
    history: 'Historial',
    admin: 'Administración',
    system: 'Sistema',
    me: 'Mi cuenta',
  },
  signOut: 'Cerrar sesión',
  signOutFailed: 'El servidor no respondió: la sesión sigue abierta. Inténtelo de nuevo.',
  shortcuts: 'Atajos de teclado',
  shortcutGo: (screen) => `Ir a ${screen}`,
  shortcutHelp: 'Mostrar esta lista',
  notFound: 'Esa página no existe.',
  crashed: 'Esta sección ha fallado. El resto de la página sigue funcionando.',
  reload: 'Recargar la página',
}
