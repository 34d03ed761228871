import { expect, test } from 'vitest'
import { createMailLinks } from '../../../../api/core/registration/mail-links.ts'

const consoleUrl = 'https://voice.example.org/console'
const linksOf = (appUrl: string | undefined) => {
  const { signIn, verification, invitation, passwordReset } = createMailLinks({ appUrl, consoleUrl })
  return [signIn, verification('ver_1'), invitation('inv_1'), passwordReset('pwd_1')]
}

test('links open the console, with the token where browsers send it to no server', () => {
  expect(linksOf(undefined)).toEqual([
    consoleUrl,
    `${consoleUrl}/verify#token=ver_1`,
    `${consoleUrl}/invitation#token=inv_1`,
    `${consoleUrl}/reset#token=pwd_1`,
  ])
})

test('with an own app they open its pages, and the console’s where an app has none', () => {
  expect(linksOf('https://app.example.org/crm')).toEqual([
    'https://app.example.org/crm',
    'https://app.example.org/crm/verify-email?token=ver_1',
    'https://app.example.org/crm/register?invitation=inv_1',
    `${consoleUrl}/reset#token=pwd_1`,
  ])
})
