import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  username: 'Nombre de usuario',
  displayName: 'Nombre visible',
  displayNameHint: 'Así la ven los demás. Vacío: el nombre de usuario.',
  password: 'Contraseña',
  passwordHint:
    'Mejor larga, por ejemplo varias palabras. No se aceptan contraseñas comunes ni el nombre de la persona. Si la deja vacía se crea una, que verá una sola vez.',
  mustChange: 'La persona debe elegir una contraseña nueva al entrar por primera vez',
  mustChangeHint:
    'En la página de inicio de sesión de la consola. Hasta entonces los teléfonos y las aplicaciones no entran con ella.',
  newPassword: 'Contraseña nueva',
  newPasswordHint:
    'Mejor larga, por ejemplo varias palabras. No se aceptan contraseñas comunes ni el nombre de la persona.',
  passwordElsewhere: {
    phone: 'La contraseña de esta persona es el secreto de su teléfono: se cambia en la centralita.',
    directory: 'La contraseña de esta persona es la del directorio de la empresa: se cambia allí.',
    provider: 'Esta persona entra con un proveedor de identidad y aquí no tiene contraseña.',
  },
  addTitle: 'Añadir una persona',
  how: 'Cómo accede la persona',
  byPassword: 'Con una contraseña',
  byInvitation: 'Por invitación: la persona crea la cuenta y elige la contraseña',
  deliver: 'La invitación',
  deliverMail: 'Enviarla por correo',
  deliverLink: 'Mostrarme un enlace para entregar',
  addAction: 'Añadir',
  inviteAction: 'Invitar',
  extensionChoice: 'Extensión',
  extensionChoices: {
    none: 'Ninguna',
    new: 'Una nueva, creada en la centralita',
    existing: 'Un número que ya existe',
  },
  added: (name, extension) =>
    extension === null ? `Se añadió a ${name}.` : `Se añadió a ${name}, con la extensión ${extension}.`,
  addedPending: (name, extension) =>
    `Se añadió a ${name}. La extensión ${extension} aún no está lista: se volverá a pedir a la centralita, vea Aprovisionamiento.`,
  invited: 'La invitación está en camino.',
  passwordOf: (name) => `Contraseña de ${name}`,
  invitationLink: 'Enlace de la invitación',
  callCenter: {
    title: 'Centro de llamadas',
    isAgent: 'Trabaja en el centro de llamadas',
    hint: 'Un agente se puede elegir en las campañas y se le pueden asignar contactos.',
    stays: 'Un agente lo sigue siendo. Para sacarlo de una campaña, cambie la campaña.',
    team: 'Equipo',
    teamHint:
      'Los supervisores ven los agentes, campañas y contactos de su propio equipo. Vacío: sin equipo.',
    teamEndsSessions:
      'El equipo nuevo de un supervisor termina todas sus sesiones al guardar: tendrá que entrar de nuevo.',
  },
  agentFailed: (name, reason) =>
    `${name} tiene una cuenta, pero aún no es agente del centro de llamadas: ${reason}`,
  editTitle: (name) => `Editar a ${name}`,
  save: 'Guardar',
  saved: (name) => `Se guardó ${name}.`,
  sessionsEnd: 'Al guardar terminan todas las sesiones de esta persona: tendrá que entrar de nuevo.',
  extensionRests: 'La extensión queda libre. Descansa un tiempo antes de que otra persona pueda recibirla.',
  changedMeanwhile: 'Otro administrador ha cambiado a esta persona mientras tanto. No se ha guardado nada.',
  loadAgain: 'Cargar de nuevo',
  passwordTitle: (name) => `Fijar la contraseña de ${name}`,
  passwordWhat:
    'Todas las sesiones de esta persona terminan al momento y se levanta un bloqueo por contraseñas erróneas. Entregue la contraseña por un medio seguro.',
  passwordSet: (name) => `${name} tiene una contraseña nueva.`,
  disableTitle: (name) => `¿Desactivar a ${name}?`,
  disableWhat:
    'La persona ya no podrá entrar. Todas sus sesiones terminan al momento: pantallas, flujos y el teléfono del navegador. La extensión y el historial se conservan, y puede activarla de nuevo.',
  disableAction: 'Desactivar',
  wasDisabled: (name) => `${name} está desactivada.`,
  deleteTitle: (name) => `¿Eliminar a ${name} para siempre?`,
  deleteWhat: 'No se puede deshacer.',
  deleteEffects: [
    'Todas sus sesiones terminan al momento.',
    'La extensión queda libre y descansa antes de que otra persona pueda recibirla.',
    'Sus llamadas siguen en el historial.',
  ],
  deleteAction: 'Eliminar',
  wasDeleted: (name) => `Se eliminó a ${name}.`,
  resetFactorsTitle: (name: string) => `¿Restablecer el segundo factor de ${name}?`,
  resetFactorsAction: 'Restablecer',
  resetFactorsWhat:
    'Se eliminan la aplicación de autenticación, las claves de acceso, los códigos de recuperación y las contraseñas de aplicación, y terminan todas las sesiones. La contraseña no cambia. Sirve cuando alguien perdió un dispositivo.',
  factorsWereReset: (name: string) => `${name} ya no tiene segundo factor.`,
}
