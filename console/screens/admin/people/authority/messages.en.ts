export const messages = {
  title: (name: string) => `How ${name} signs in`,
  save: 'Save',
  place: 'The password',
  places: {
    phone: 'The SIP password of the phone, which the telephone system checks',
    local: 'A password of its own, which is stored here',
  },
  now: {
    local: 'Now: a password that is stored here.',
    phone: 'Now: the SIP password of the phone, which the telephone system checks.',
    directory: 'Now: the password of the company directory.',
    provider: 'Now: the identity provider of the company.',
  },
  newPassword: 'New password',
  newPasswordHint: (min: number) => `${min} characters or more.`,
  effect:
    'All sessions of this person end at once: they sign in again. If the password becomes that of the phone, the one that is stored here is deleted.',
  off: 'Sign-in with the password of the phone is off on this server: see HOOKSWITCH_PHONE_SIGN_IN.',
  noExtension: 'This person has no extension, so there is no phone with a password.',
  saved: (name: string) => `${name} signs in another way now.`,
}
