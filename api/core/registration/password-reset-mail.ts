import type { Language, PasswordAuthority } from '../auth/users.ts'
import type { MailContent } from './mail-templates.ts'

/** Sent to the address of the account. The link has the token behind `#`, which browsers send to no server. */
export const passwordResetMail = (language: Language, username: string, link: string): MailContent => {
  const { subject, intro, instruction, notice } = TEXTS[language]
  return { subject, text: [intro(username), '', instruction, '', `  ${link}`, '', ...notice, ''].join('\n') }
}

type Elsewhere = Exclude<PasswordAuthority, 'local'>

/** Sent instead, where the password is verified elsewhere. */
export const passwordElsewhereMail = (
  language: Language,
  username: string,
  authority: Elsewhere,
): MailContent => {
  const { subject, intro, elsewhere } = TEXTS[language]
  return { subject, text: [intro(username), '', elsewhere[authority], ''].join('\n') }
}

interface ResetMailTexts {
  subject: string
  intro(username: string): string
  instruction: string
  notice: readonly string[]
  elsewhere: Record<Elsewhere, string>
}

const TEXTS: Record<Language, ResetMailTexts> = {
  en: {
    subject: 'Reset your password',
    intro: (username) => `A new password was requested for your account ${username}.`,
    instruction: 'To choose one, open',
    notice: [
      'The link expires in one hour and works once. A new password ends all your sessions.',
      'If you did not request it, ignore this mail: your password stays as it is.',
    ],
    elsewhere: {
      phone: 'Your password is the secret of your phone. Your administrator can change it at the PBX.',
      directory: 'Your password is the one of your company account. Change it there.',
      provider: 'You sign in with your company account and have no password here. Change it there.',
    },
  },
  ru: {
    subject: 'Сброс пароля',
    intro: (username) => `Для вашей учётной записи ${username} запрошен новый пароль.`,
    instruction: 'Чтобы выбрать его, откройте ссылку',
    notice: [
      'Ссылка действует один час и только один раз. Новый пароль завершит все ваши сеансы.',
      'Если вы этого не запрашивали, не отвечайте на письмо: пароль останется прежним.',
    ],
    elsewhere: {
      phone: 'Ваш пароль — это секрет вашего телефона. Его может изменить на АТС ваш администратор.',
      directory: 'Ваш пароль — это пароль корпоративной учётной записи. Измените его там.',
      provider: 'Вы входите через корпоративную учётную запись, здесь пароля нет. Измените его там.',
    },
  },
  es: {
    subject: 'Restablecer la contraseña',
    intro: (username) => `Se ha solicitado una contraseña nueva para su cuenta ${username}.`,
    instruction: 'Para elegirla, abra',
    notice: [
      'El enlace caduca en una hora y sirve una sola vez. La contraseña nueva cierra todas sus sesiones.',
      'Si no la ha solicitado, ignore este mensaje: su contraseña no cambia.',
    ],
    elsewhere: {
      phone: 'Su contraseña es el secreto de su teléfono. Su administrador puede cambiarla en la centralita.',
      directory: 'Su contraseña es la de su cuenta de empresa. Cámbiela allí.',
      provider: 'Usted entra con su cuenta de empresa y aquí no tiene contraseña. Cámbiela allí.',
    },
  },
}
