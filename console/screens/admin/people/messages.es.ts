import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  list: 'Personas',
  empty: 'Ninguna persona cumple estos filtros.',
  active: 'Activa',
  disabled: 'Desactivada',
  add: 'Añadir una persona',
  actions: (name) => `Acciones para ${name}`,
  edit: 'Editar …',
  setPassword: 'Fijar contraseña …',
  resetFactors: 'Restablecer el segundo factor …',
  sessions: 'Sesiones',
  log: 'Registro de seguridad',
  disable: 'Desactivar …',
  enable: 'Activar',
  delete: 'Eliminar …',
  fields: { username: 'Usuario', lastLogin: 'Último acceso', never: 'nunca' },
  wasEnabled: (name) => `${name} puede entrar de nuevo.`,
}
