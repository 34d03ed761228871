export const messages = {
  title: 'Sign in a device',
  intro: 'A phone or another device shows a code of eight letters. Enter it here.',
  code: 'Code of the device',
  next: 'Continue',
  unknown: 'No device asks with this code. It may be mistyped, used, or older than ten minutes.',
  asks: 'This device asks to sign in as you:',
  device: 'Device',
  address: 'Address',
  expires: 'Valid until',
  warning:
    'Allow it only if the device is in front of you and shows this code. If another person sent you the code, they want to sign in as you.',
  allow: 'Allow',
  deny: 'Deny',
  allowed: 'The device is signed in as you. You can end its session on your own page.',
  denied: 'The device is not signed in.',
  another: 'Enter another code',
}
