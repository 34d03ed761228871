/** What the state of a part means and what to do. Undefined: only the server’s words are exact enough. */
export const explainEs = (name: string, state: string): string | undefined => TEXTS[`${name} ${state}`]

const TEXTS: Readonly<Record<string, string>> = {
  'pbx ok': 'La centralita está conectada y acepta órdenes.',
  'pbx degraded':
    'No hay centralita configurada: ni las llamadas ni la presencia funcionan. Indique HOOKSWITCH_AMI_HOST y los usuarios de AMI, y reinicie.',
  'pbx down':
    'La centralita no responde: no se puede llamar ni controlar llamadas, y los teléfonos aparecen como no localizables. Las sesiones siguen. Compruebe que Asterisk funciona, y la dirección y los usuarios de AMI.',
  'redis ok': 'Redis responde y los datos de sesiones terminadas están al día.',
  'redis degraded':
    'Redis responde, pero los datos de sesiones terminadas son viejos: se niega el acceso hasta leerlos de nuevo. Si dura, mire el registro.',
  'redis down':
    'Redis no responde: se niega el acceso hasta que vuelva, y no se pierde ninguna sesión. Compruebe Redis y REDIS_URL.',
  'sql ok': 'La base de datos responde.',
  'sql down':
    'La base de datos no responde: nadie puede entrar, y fallan las listas y los cambios. Las sesiones abiertas siguen. Compruebe DATABASE_URL, el servidor y el disco.',
  'streams ok': 'Todos los flujos responden.',
  'streams degraded':
    'Parte de los flujos no responde. Sus clientes se reconectan y reciben de nuevo el estado. Si dura, mire el registro de errores de nginx.',
  'streams down':
    'Ningún flujo responde: nadie recibe sucesos ni presencia. Se reinician solos; mire el registro de errores de nginx.',
  'sidecar ok': 'El control de acceso responde.',
  'sidecar degraded':
    'Parte del control de acceso no responde: se niegan los archivos y flujos que dependen de ella. Se reinicia sola; si dura, mire su registro.',
  'sidecar down':
    'El control de acceso no responde: se niegan archivos y flujos. Se reinicia solo; si dura, mire su registro.',
  'mail ok': 'No falla ningún correo.',
  'mail degraded':
    'Parte de los correos no se pudo enviar; se sigue intentando unas horas. Compruebe HOOKSWITCH_SMTP_URL y el servidor de correo.',
}
