import { plural } from '../../i18n/plural.ts'
import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  problems: {
    title: 'Lo que no funciona ahora',
    pbx: 'La centralita no responde: no hay llamadas ni presencia. Se reintenta automáticamente.',
    commands: (list) => `Esta centralita no puede: ${list}.`,
    commandNames: {
      dial: 'hacer llamadas',
      hangup: 'terminar llamadas',
      transfer: 'transferir',
      attended_transfer: 'transferir con consulta',
      dtmf: 'enviar tonos',
      park: 'aparcar',
      mute: 'silenciar',
      pause_recording: 'pausar una grabación',
    },
    noExtension: 'No tiene extensión: no puede llamar ni recibir llamadas. Se la asigna su administrador.',
    noPhone: 'Ninguno de sus teléfonos está conectado: las llamadas que reciba no suenan.',
    insecure:
      'El teléfono de esta página no tiene micrófono: los navegadores solo lo ceden a páginas con HTTPS. Pida a su administrador una dirección https://.',
    none: 'El teléfono de esta página no tiene micrófono: este navegador no lo cede a las páginas.',
    denied:
      'El teléfono de esta página no tiene micrófono: usted lo ha bloqueado. Permítalo en el candado de la barra de direcciones.',
  },
  status: {
    title: 'Mi estado',
    legend: 'Estado que ven los demás',
    dndMeans: '«No molestar» lo ven los demás; sus teléfonos suenan igualmente.',
    phone: 'Mis teléfonos:',
    failed: 'No se pudo cambiar su estado.',
  },
  missed: {
    title: 'Llamadas perdidas',
    count: (count) => plural('es', count, { one: '# llamada perdida', other: '# llamadas perdidas' }),
    none: 'No ha perdido ninguna llamada.',
    lastDays: 'En los últimos 30 días.',
    sinceSeen: (time) => `Desde la última vez que vio las perdidas: ${time}.`,
    open: 'Mostrarlas',
    seen: 'Marcar como vistas',
  },
  recent: {
    title: 'Mis últimas llamadas',
    empty: 'Aún no hay llamadas. Elija a una persona para llamarla.',
    all: 'Todas las llamadas',
    outgoing: 'Saliente',
    incoming: 'Entrante',
    missed: 'Perdida',
    callBack: (name) => `Llamar a ${name}`,
  },
  favourites: {
    title: 'Favoritos',
    empty: 'Marque personas con la estrella para verlas aquí.',
    all: 'Todas las personas',
  },
  live: {
    title: 'Llamadas en este momento',
    calls: (count) => plural('es', count, { one: '# llamada', other: '# llamadas' }),
    states: (connected, ringing, waiting) =>
      `${connected} en conversación, ${ringing} sonando, ${waiting} en espera o aparcadas`,
    open: 'Mostrarlas',
  },
}
