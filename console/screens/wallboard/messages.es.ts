import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  title: 'Pantalla mural',
  noLink: 'Esta dirección no contiene ningún enlace.',
  refused: 'Este enlace ya no es válido.',
  askForLink: 'Un supervisor o un administrador crea otro en Tablero, Pantallas murales.',
  connecting: 'Conectando …',
  old: (time) => `Estos datos son de las ${time}. Conectando de nuevo …`,
  allTeams: 'Todos los equipos',
  callsNow: 'Llamadas ahora',
  callsToday: 'Llamadas hoy',
  answeredToday: 'Atendidas',
  leads: 'Contactos en espera',
  campaign: 'Campaña',
  paused: 'en pausa',
  waiting: 'En espera',
  due: 'Por llamar',
}
