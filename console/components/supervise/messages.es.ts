import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  by: {
    listen: (name) => `${name} escucha`,
    whisper: (name) => `${name} escucha y habla al agente`,
    join: (name) => `${name} participa en la llamada`,
  },
  rings: (name) => `Suena el teléfono de ${name} para escuchar`,
  mine: 'Mi participación en la llamada',
  modes: {
    listen: 'Escuchar',
    whisper: 'Susurrar',
    join: 'Participar',
  },
  hints: {
    listen: 'Nadie oye su voz.',
    whisper: 'Solo el agente oye su voz.',
    join: 'Ambas partes oyen su voz.',
  },
  pickUp: 'Descuelgue su teléfono: suena para escuchar.',
  stop: 'Dejar de escuchar',
  takeOver: 'Asumir la llamada …',
  takeOverTitle: '¿Asumir esta llamada?',
  takeOverAction: 'Asumir',
  takeOverText: (agent) =>
    `${agent} queda fuera de la llamada y usted habla con la otra parte. No se puede devolver así: transfiérala.`,
  takenOver: 'La llamada es suya.',
}
