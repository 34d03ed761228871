import type { messages as english } from './account-messages.en.ts'

export const messages: typeof english = {
  email: 'Correo electrónico',
  username: 'Nombre de usuario',
  firstName: 'Nombre',
  lastName: 'Apellidos',
  newPassword: 'Contraseña nueva',
  passwordHint: 'Mejor larga, por ejemplo varias palabras. No se aceptan contraseñas comunes ni su nombre.',
  passwordElsewhere:
    'La contraseña de esta cuenta no se guarda aquí: pregunte a su administrador dónde se cambia.',
  code: 'Código del correo',
  next: 'Continuar',
  toSignIn: 'Ir a iniciar sesión',
  incomplete: 'Rellene todos los campos. La contraseña tiene 8 caracteres o más.',
  emailNeeded: 'Escriba su correo electrónico, como ana@example.com. El nombre de usuario no basta.',
  codeInvalid: 'Este código no es de uno de nuestros correos.',
  linkInvalid: 'Este enlace ya se usó, ha caducado o está incompleto. Pida uno nuevo.',
  taken: 'Ese nombre o correo ya tiene una cuenta. Elija otro o inicie sesión.',
  usernameTaken: 'Otra persona ya usa este nombre de usuario. Elija otro.',
  notAllowed: 'Aquí no está permitido. Pida una cuenta a su administrador.',
  noMail: 'Este sistema no envía correo. Consulte a su administrador.',
  invitation: {
    title: 'Aceptar una invitación',
    enterCode: 'Escriba el código de su invitación.',
    from: (inviter) => `Le invita ${inviter}.`,
    role: (role, team) =>
      `Entrará como ${{ admin: 'administrador', supervisor: 'supervisor', agent: 'usuario' }[role]}${team === null ? '' : ` del equipo ${team}`}.`,
    until: (time) => `La invitación es válida hasta ${time}.`,
    submit: 'Crear mi cuenta',
  },
  register: {
    title: 'Crear una cuenta',
    submit: 'Crear mi cuenta',
    byInvitation: 'Aquí las cuentas se crean por invitación. Si tiene una, escriba su código.',
    closed: 'Aquí las cuentas las crea un administrador.',
    mailSent: 'Le hemos enviado un correo. Abra su enlace o escriba el código en la página siguiente.',
    enterCode: 'Escribir el código',
  },
  verify: {
    title: 'Confirmar su correo',
    intro: 'Confirme que esta dirección es suya. Entonces se creará su cuenta.',
    submit: 'Confirmar',
    choosePassword: 'Esta dirección se registró más de una vez. Elija una contraseña nueva.',
    done: (username) => `Su correo está confirmado. Inicie sesión como ${username}.`,
  },
  forgot: {
    title: 'Restablecer la contraseña',
    intro: 'Enviaremos al correo de su cuenta un enlace para elegir una contraseña nueva.',
    submit: 'Enviar el enlace',
    done: 'Si una cuenta tiene esta dirección, el correo está en camino. El enlace sirve durante una hora.',
  },
  reset: {
    title: 'Elegir una contraseña nueva',
    intro: 'Al hacerlo se cierran todas las sesiones de su cuenta.',
    submit: 'Guardar la contraseña',
    done: 'La contraseña nueva está guardada. Inicie sesión con ella.',
  },
  mustChange: {
    intro: 'Un administrador puso su contraseña. Para entrar, elija una propia que solo usted conozca.',
    submit: 'Guardar la contraseña y entrar',
    cancel: 'Volver',
  },
}
