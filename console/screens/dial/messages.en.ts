export const messages = {
  title: 'Call a number',
  hint: 'A link has entered this number. Check it: nothing is dialed before you press “Call”.',
  call: 'Call',
  refused: 'This link holds no phone number that can be called.',
}
