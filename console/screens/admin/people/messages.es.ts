import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  list: 'Personas',
  empty: 'Ninguna persona cumple estos filtros.',
  active: 'Activa',
  disabled: 'Desactivada',
  mustChangePassword: 'Debe cambiar la contraseña',
  add: 'Añadir una persona',
  actions: (name) => `Acciones para ${name}`,
  edit: 'Editar …',
  setPassword: 'Fijar contraseña …',
  authority: 'Cómo entra …',
  authorities: {
    local: '',
    phone: 'la del teléfono',
    directory: 'la del directorio de la empresa',
    provider: 'en el proveedor de identidad',
  },
  resetFactors: 'Restablecer el segundo factor …',
  sessions: 'Sesiones',
  log: 'Registro de seguridad',
  disable: 'Desactivar …',
  enable: 'Activar',
  delete: 'Eliminar …',
  fields: { password: 'Contraseña', username: 'Usuario', lastLogin: 'Último acceso', never: 'nunca' },
  wasEnabled: (name) => `${name} puede entrar de nuevo.`,
}
