import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  title: 'Iniciar sesión en un dispositivo',
  intro: 'Un teléfono u otro dispositivo muestra un código de ocho letras. Escríbalo aquí.',
  code: 'Código del dispositivo',
  next: 'Continuar',
  unknown:
    'Ningún dispositivo espera con este código. Puede tener una errata, estar usado o tener más de diez minutos.',
  asks: 'Este dispositivo quiere iniciar sesión como usted:',
  device: 'Dispositivo',
  address: 'Dirección',
  expires: 'Válido hasta',
  warning:
    'Permítalo solo si tiene el dispositivo delante y muestra este código. Si otra persona le envió el código, quiere iniciar sesión como usted.',
  allow: 'Permitir',
  deny: 'Denegar',
  allowed: 'El dispositivo ha iniciado sesión como usted. Puede terminar su sesión en su página.',
  denied: 'El dispositivo no ha iniciado sesión.',
  another: 'Escribir otro código',
}
