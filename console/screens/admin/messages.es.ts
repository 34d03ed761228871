import { plural } from '../../i18n/plural.ts'
import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  title: 'Administración',
  tabs: {
    people: 'Personas',
    import: 'Importación',
    sessions: 'Sesiones',
    invitations: 'Invitaciones',
    'do-not-call': 'No llamar',
    provisioning: 'Aprovisionamiento',
    webhooks: 'Webhooks',
    tokens: 'Tokens',
    log: 'Registro de seguridad',
  },
  roles: { user: 'Usuario', supervisor: 'Supervisor', admin: 'Administrador' },
  role: 'Rol',
  extension: 'Extensión',
  extensionHint: 'Hasta 32 cifras. Déjela vacía si la persona no tiene teléfono.',
  email: 'Correo electrónico',
  state: 'Estado',
  all: 'Todos',
  search: 'Buscar',
  more: 'Mostrar más',
  total: (count) => plural('es', count, { one: '# entrada', other: '# entradas' }),
  person: 'Persona',
  choosePerson: 'Elija una persona',
  otherPerson: 'Elegir otra persona',
  noPerson: 'Nada coincide con la búsqueda.',
}
