import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  registration: {
    offline: 'El teléfono está apagado.',
    connecting: 'El teléfono se está conectando …',
    registered: 'El teléfono está listo.',
    reconnecting: 'El teléfono se está reconectando …',
  },
  blocked: {
    insecure_context:
      'El navegador solo da el micrófono a páginas https:// y a las de este mismo equipo. Abra esta página con https:// o pida un certificado a su administrador.',
    microphone_denied:
      'No se puede usar el micrófono. Conecte uno y permítalo para esta página en la barra de direcciones; después llame de nuevo.',
    session_ended: 'Su sesión ha terminado. Inicie sesión de nuevo para usar el teléfono.',
    taken_by_other_window: 'Otra ventana ha tomado el teléfono.',
    no_extension: 'No tiene extensión. Pídala a su administrador.',
    not_supported: 'Este sistema o este navegador no ofrece teléfono en la página.',
  },
  state: {
    ringing: 'sonando',
    answering: 'conectando',
    active: 'en curso',
    held: 'en espera',
    'remote-held': 'la otra parte retiene la llamada',
    ended: 'terminada',
  },
  error: {
    refused: 'La llamada no está permitida.',
    no_invite: 'La llamada no llegó a esta página. Inténtelo de nuevo.',
    lost: 'Se perdió la conexión.',
    no_network: 'El navegador no encontró red para el sonido de la llamada.',
    busy: 'Ocupado.',
    declined: 'Llamada rechazada.',
    no_answer: 'Sin respuesta.',
    answered_elsewhere: 'Atendida en otro teléfono.',
    microphone_denied: 'No se puede usar el micrófono.',
    failed: 'La llamada falló.',
  },
  soundBlocked: 'Haga clic en la página para que el navegador pueda sonar.',
}
