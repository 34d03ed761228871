import type { messages as english } from './messages.en.ts'

export const messages: typeof english = {
  scan: 'Escanee este código con una aplicación de autenticación, o escriba en ella el secreto.',
  qrName: 'Código QR para la aplicación de autenticación',
  secret: 'Secreto',
  code: 'Código de la aplicación',
  codeHint: '6 cifras, uno nuevo cada 30 segundos.',
  codesTitle: 'Sus códigos de recuperación',
  codesWhat:
    'Cada uno sirve una vez, en lugar de la aplicación o de una clave de acceso. Guárdelos donde los encuentre sin este dispositivo. Solo se muestran ahora.',
  codesDone: 'Los he guardado',
  copy: 'Copiar',
  copied: 'Copiado.',
  copyFailed: 'No se pudo copiar.',
  confirm: 'Confirmar',
  next: 'Continuar',
  cancel: 'Cancelar',
  failed: {
    wrong: 'Es incorrecto o ya se usó. Pruebe con el código siguiente.',
    ended: 'Ha pasado demasiado tiempo, o hubo demasiados intentos. Inicie sesión de nuevo.',
    throttled: 'Demasiados códigos incorrectos. Inténtelo más tarde.',
    passkey: 'La clave de acceso no se aceptó, o usted la canceló.',
    unavailable: 'El servidor no puede comprobarlo ahora. Inténtelo dentro de un momento.',
  },
  step: {
    title: 'Segundo paso',
    withCode: 'Escriba el código de su aplicación de autenticación.',
    withRecoveryCode: 'Escriba uno de sus códigos de recuperación. Sirve una sola vez.',
    recoveryCode: 'Código de recuperación',
    useCode: 'Usar la aplicación de autenticación',
    usePasskey: 'Usar una clave de acceso',
    useRecoveryCode: 'Usar un código de recuperación',
    none: 'Ningún segundo paso de su cuenta funciona aquí. Pida a su administrador que lo restablezca.',
    back: 'Volver a la contraseña',
  },
  enrol: {
    title: 'Añada un segundo paso',
    what: 'Su rol necesita un segundo paso al iniciar sesión. Añádalo ahora.',
    app: 'Aplicación de autenticación',
    passkey: 'Clave de acceso de este dispositivo',
  },
  signInWithPasskey: 'Iniciar sesión con una clave de acceso',
}
