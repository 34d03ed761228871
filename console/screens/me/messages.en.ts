import { plural } from '../../i18n/plural.ts'

export const messages = {
  profile: {
    title: 'Profile',
    displayName: 'Name that others see',
    displayNameHint: 'Empty: your username.',
    username: 'Username',
    extension: 'Extension',
    noExtension: 'None yet. Your administrator gives you one.',
    email: 'Email address',
    role: 'Role',
    roles: { user: 'User', supervisor: 'Supervisor', admin: 'Administrator' },
    language: 'Language',
    languageHint: 'Of this page and of mails to you.',
    save: 'Save',
    saved: 'Saved.',
  },
  password: {
    title: 'Password',
    current: 'Current password',
    next: 'New password',
    nextHint: '8 characters or more.',
    consequence: 'All your other sessions end: on other computers, phones and in apps.',
    submit: 'Change password',
    done: 'Your password is changed. All other sessions have ended.',
    wrong: 'The current password is wrong.',
    incomplete: 'Enter both passwords. The new one has 8 characters or more.',
  },
  theme: {
    title: 'Appearance',
    legend: 'Colors',
    names: { auto: 'As the system', light: 'Light', dark: 'Dark' },
  },
  sessions: {
    title: 'Where you are signed in',
    current: 'This browser',
    device: (program: string | undefined, system: string | undefined) =>
      program === undefined
        ? (system ?? 'Unknown program')
        : system === undefined
          ? program
          : `${program} on ${system}`,
    surfaces: {
      mikopbx: 'Console',
      softphone: 'Softphone',
      voip: 'VoIP app',
      onboarding: 'Phone setup',
      crm: 'Call center',
    } as Record<string, string>,
    details: (surface: string, address: string) => `${surface}, from ${address}`,
    times: (since: string, lastSeen: string) => `Since ${since}, last active ${lastSeen}`,
    end: 'End',
    endOne: (device: string) => `End the session of ${device}`,
    endOneAsk: 'It is signed out at once: its calls in the page end, and its streams stop.',
    endOthers: 'End all others',
    endOthersAsk: 'All sessions but this one are signed out at once, on all devices.',
    ended: (count: number) =>
      plural('en', count, { one: '# session has ended.', other: '# sessions have ended.' }),
    more: 'Show more',
    total: (count: number) => plural('en', count, { one: '# session', other: '# sessions' }),
  },
  sip: {
    title: 'Use another phone',
    intro: 'Set up a desk phone or an app with your extension. Show the data to no other person.',
    show: 'Show SIP access data',
    hide: 'Hide',
    names: {
      username: 'Username',
      auth_username: 'Login',
      password: 'Password',
      domain: 'Server',
      port: 'Port',
      transport: 'Transport',
      display_name: 'Name',
    },
    copy: (name: string) => `Copy: ${name}`,
    copied: 'Copied.',
    copyFailed: 'The browser does not let the page copy. Select the text and copy it yourself.',
    showQr: 'Set up a mobile phone',
    qrHint: 'Scan this with Linphone (“Fetch remote configuration”). It works for one phone.',
    qrName: 'QR code with the link that sets up a phone',
    link: 'Link',
    validFor: (minutes: number) =>
      plural('en', minutes, { one: 'Valid for # minute.', other: 'Valid for # minutes.' }),
    none: 'No access data is stored here for your extension. Ask your administrator.',
    noExtension: 'You have no extension yet. Your administrator gives you one.',
  },
  audio: {
    title: 'Microphone',
    insecure:
      'Browsers give the microphone only to pages over HTTPS or on this computer itself. Ask your administrator for an https:// address.',
    none: 'This browser has no access to microphones.',
    granted: 'The microphone is permitted.',
    denied:
      'The microphone is blocked. Permit it in the settings of the browser, at the lock in the address bar.',
    allow: 'Permit the microphone',
    failed: 'No microphone could be opened. Check that one is connected.',
  },
  notifications: {
    title: 'Notifications',
    hint: 'A notification shows an incoming call while you work in another window.',
    allow: 'Permit notifications',
    granted: 'Notifications are permitted.',
    denied:
      'Notifications are blocked. Permit them in the settings of the browser, at the lock in the address bar.',
    unsupported: 'This browser cannot show notifications here.',
  },
  shortcuts: {
    title: 'Keyboard',
    hint: 'Everything here works without a mouse.',
    show: 'Show the shortcuts',
  },
}
