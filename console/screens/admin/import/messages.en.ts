import { plural } from '../../../i18n/plural.ts'

export const messages = {
  what: 'The people of your telephone system become users. Compare first: nothing changes before you apply the plan.',
  source: 'Source',
  sources: {
    mikopbx: 'MikoPBX',
    freepbx: 'FreePBX',
    asterisk: 'Asterisk over AMI',
    pjsip: 'File pjsip.conf or pjsip_wizard.conf',
    csv: 'List (CSV)',
  },
  file: 'File',
  csvHint: 'Columns: username, name, extension, email, role, disabled. The first row names them.',
  fileMissing: 'Choose a file.',
  signIn: 'New people sign in',
  signIns: { none: 'not before they get a password', phone: 'with the secret of their phone' },
  options: 'Options',
  disableMissing: 'Disable users whom this source lists no more',
  allowMassDisable: 'Also if it lists fewer than half of them, or could not be read completely',
  link: 'Take over users with the same extension who were made by hand',
  compare: 'Compare',
  comparing: 'Comparing…',
  scheduleOff: 'No import runs by itself.',
  schedule: (source: string, minutes: number) =>
    `${source} is imported by itself every ${plural('en', minutes, { one: 'minute', other: '# minutes' })}.`,
  lastScheduled: (time: string) => `Last time: ${time}.`,
  planOf: (source: string, time: string) => `${source}, ${time}`,
  states: { planned: 'Plan', running: 'Is applied', done: 'Applied', failed: 'Stopped' },
  actions: {
    create: 'New',
    change: 'Change',
    enable: 'Enable',
    disable: 'Disable',
    link: 'Take over',
    conflict: 'Conflict',
    changed_here: 'Changed here',
    unchanged: 'As it is',
  },
  counts: 'What the plan does',
  nothing: 'Nothing is to be done.',
  massDisable:
    'The source lists fewer than half of the people it listed before. No user is disabled, unless you compare again and allow it.',
  lineErrors: 'Lines that could not be read',
  lineError: (line: number, reason: string) => `Line ${line}: ${reason}`,
  list: 'People of the plan',
  empty: 'The plan has no such person.',
  apply: 'Apply',
  applyTitle: (count: number) => plural('en', count, { one: 'Change # user?', other: 'Change # users?' }),
  applyWhat: (disabled: number) =>
    disabled === 0
      ? 'No user is disabled.'
      : plural('en', disabled, {
          one: '# user is disabled: their sessions end at once.',
          other: '# users are disabled: their sessions end at once.',
        }),
  newDisabled: 'New, disabled',
  applyNewDisabled: (created: number) =>
    plural('en', created, {
      one: '# new user is made disabled.',
      other: '# new users are made disabled.',
    }),
  missingKept:
    'The source lists this person no more. With “Disable users whom this source lists no more” the plan would disable this user.',
  heldBack:
    'Because of these lines the plan disables no missing user, unless you compare again and allow it.',
  progress: (done: number, all: number) => `${done} of ${all}`,
  result: (done: number, failed: number) =>
    failed === 0 ? `${done} done.` : `${done} done, ${failed} failed.`,
  stopped: (reason: string) => `The import stopped: ${reason}`,
  fields: {
    extension: 'Extension',
    username: 'Username',
    changes: 'New',
    kept: 'Changed here, stays',
    line: 'Line',
    failed: 'Failed',
  },
  members: {
    display_name: 'name',
    email: 'email',
    extension: 'extension',
    role: 'role',
    disabled: 'disabled',
  },
  reasons: {
    missing: 'The source lists this person no more.',
    disabled_at_source: 'The source lists this person as disabled.',
    duplicate: 'The source has this person, extension or username twice.',
    username_invalid: 'This username is not possible.',
    username_taken: 'Another user has this name.',
    extension_missing: 'The person has no extension and no username.',
    extension_invalid: 'An extension has digits only.',
    extension_not_dialable: 'The dial policy does not allow this extension.',
    extension_reserved: 'This extension belonged to another person, and cannot be given away yet.',
    extension_taken: 'A user of another source has this extension.',
    extension_is_username: 'The extension is the username, which cannot change.',
    account_exists: 'A user who was made by hand has this extension.',
    last_admin: 'This is the last administrator who can log in.',
    mass_disable: 'Not disabled: the source lists too few people.',
    list_incomplete: 'Not disabled: a part of the list could not be read.',
  },
  notes: {
    email_invalid: 'The email address is not valid and is left out.',
    email_taken: 'Another user has the email address; it is left out.',
    email_shared: 'Several people have this email address; it is left out.',
    name_invalid: 'The name cannot be shown and is left out.',
    name_mixes_scripts:
      'A word of the name mixes Latin letters with Cyrillic or Greek ones; the name is left out.',
    name_shared: 'Several people have this name.',
  },
  otherUser: (username: string) => `User: ${username}`,
}
