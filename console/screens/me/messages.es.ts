import { plural } from '../../i18n/plural.ts'
import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  profile: {
    title: 'Perfil',
    displayName: 'Nombre que ven los demás',
    displayNameHint: 'Vacío: su nombre de usuario.',
    username: 'Nombre de usuario',
    extension: 'Extensión',
    noExtension: 'Todavía ninguna. Se la asigna su administrador.',
    email: 'Correo electrónico',
    role: 'Rol',
    roles: { user: 'Usuario', supervisor: 'Supervisor', admin: 'Administrador' },
    language: 'Idioma',
    languageHint: 'De esta página y de los correos que recibe.',
    save: 'Guardar',
    saved: 'Guardado.',
  },
  password: {
    title: 'Contraseña',
    current: 'Contraseña actual',
    next: 'Contraseña nueva',
    nextHint: '8 caracteres o más.',
    consequence: 'Se cierran todas sus demás sesiones: en otros equipos, teléfonos y aplicaciones.',
    submit: 'Cambiar la contraseña',
    done: 'La contraseña ha cambiado. Las demás sesiones se han cerrado.',
    wrong: 'La contraseña actual no es correcta.',
    incomplete: 'Escriba ambas contraseñas. La nueva tiene 8 caracteres o más.',
  },
  theme: {
    title: 'Aspecto',
    legend: 'Colores',
    names: { auto: 'Como el sistema', light: 'Claro', dark: 'Oscuro' },
  },
  sessions: {
    title: 'Dónde ha iniciado sesión',
    current: 'Este navegador',
    device: (program, system) =>
      program === undefined
        ? (system ?? 'Programa desconocido')
        : system === undefined
          ? program
          : `${program} en ${system}`,
    surfaces: {
      mikopbx: 'Consola',
      softphone: 'Softphone',
      voip: 'Aplicación VoIP',
      onboarding: 'Configuración de teléfono',
      crm: 'Centro de llamadas',
    },
    details: (surface, address) => `${surface}, desde ${address}`,
    times: (since, lastSeen) => `Desde ${since}, última actividad ${lastSeen}`,
    end: 'Cerrar',
    endOne: (device) => `Cerrar la sesión de ${device}`,
    endOneAsk: 'Se cierra al instante: terminan sus llamadas en la página y se detienen sus canales.',
    endOthers: 'Cerrar todas las demás',
    endOthersAsk: 'Todas las sesiones salvo esta se cierran al instante, en todos los dispositivos.',
    ended: (count) =>
      plural('es', count, { one: 'Se ha cerrado # sesión.', other: 'Se han cerrado # sesiones.' }),
    more: 'Mostrar más',
    total: (count) => plural('es', count, { one: '# sesión', other: '# sesiones' }),
  },
  sip: {
    title: 'Usar otro teléfono',
    intro: 'Configure un teléfono o una aplicación con su extensión. No muestre los datos a otras personas.',
    show: 'Mostrar los datos SIP',
    hide: 'Ocultar',
    names: {
      username: 'Usuario',
      auth_username: 'Identificador',
      password: 'Contraseña',
      domain: 'Servidor',
      port: 'Puerto',
      transport: 'Transporte',
      display_name: 'Nombre',
    },
    copy: (name) => `Copiar: ${name}`,
    copied: 'Copiado.',
    copyFailed: 'El navegador no permite copiar a la página. Seleccione el texto y cópielo usted.',
    showQr: 'Configurar un móvil',
    qrHint: 'Escanéelo con Linphone («Configuración remota»). Sirve para un solo teléfono.',
    qrName: 'Código QR con el enlace que configura un teléfono',
    link: 'Enlace',
    validFor: (minutes) =>
      plural('es', minutes, { one: 'Válido durante # minuto.', other: 'Válido durante # minutos.' }),
    none: 'Aquí no hay datos guardados para su extensión. Consulte a su administrador.',
    noExtension: 'Todavía no tiene extensión. Se la asigna su administrador.',
  },
  audio: {
    title: 'Micrófono',
    insecure:
      'Los navegadores solo ceden el micrófono a páginas con HTTPS o del propio equipo. Pida a su administrador una dirección https://.',
    none: 'Este navegador no tiene acceso a micrófonos.',
    granted: 'El micrófono está permitido.',
    denied:
      'El micrófono está bloqueado. Permítalo en los ajustes del navegador, en el candado de la barra de direcciones.',
    allow: 'Permitir el micrófono',
    failed: 'No se pudo abrir ningún micrófono. Compruebe que hay uno conectado.',
  },
  notifications: {
    title: 'Notificaciones',
    hint: 'Una notificación muestra la llamada entrante mientras trabaja en otra ventana.',
    allow: 'Permitir notificaciones',
    granted: 'Las notificaciones están permitidas.',
    denied:
      'Las notificaciones están bloqueadas. Permítalas en los ajustes del navegador, en el candado de la barra de direcciones.',
    unsupported: 'Este navegador no puede mostrar notificaciones aquí.',
  },
  shortcuts: {
    title: 'Teclado',
    hint: 'Todo funciona sin ratón.',
    show: 'Mostrar los atajos',
  },
}
