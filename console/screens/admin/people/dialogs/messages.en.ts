export const messages = {
  username: 'Username',
  displayName: 'Display name',
  displayNameHint: 'How others see the person. Empty: the username.',
  password: 'Password',
  passwordHint:
    'A long one, such as several words. Common passwords and the person’s own name are refused. Leave it empty and one is made, which you see once.',
  mustChange: 'The person has to replace this password at the first sign-in',
  mustChangeHint: 'On the sign-in page of the console. Until then phones and apps cannot sign in with it.',
  newPassword: 'New password',
  newPasswordHint:
    'A long one, such as several words. Common passwords and the person’s own name are refused.',
  passwordElsewhere: {
    phone: 'The password of this person is the secret of their phone: it is changed at the PBX.',
    directory: 'The password of this person is the one of the company directory: it is changed there.',
    provider: 'This person signs in at an identity provider and has no password here.',
  },
  addTitle: 'Add a person',
  how: 'How the person gets in',
  byPassword: 'With a password',
  byInvitation: 'By invitation: the person makes the account and chooses the password',
  deliver: 'The invitation',
  deliverMail: 'Send by mail',
  deliverLink: 'Show me a link to hand over',
  addAction: 'Add',
  inviteAction: 'Invite',
  extensionChoice: 'Extension',
  extensionChoices: {
    none: 'None',
    new: 'A new one, made at the telephone system',
    existing: 'An existing number',
  },
  added: (name: string, extension: string | null) =>
    extension === null ? `${name} was added.` : `${name} was added, with the extension ${extension}.`,
  addedPending: (name: string, extension: string) =>
    `${name} was added. Extension ${extension} is not ready yet: the telephone system is asked again, see Provisioning.`,
  invited: 'The invitation is on its way.',
  passwordOf: (name: string) => `Password of ${name}`,
  invitationLink: 'Link of the invitation',
  callCenter: {
    title: 'Call center',
    isAgent: 'Works in the call center',
    hint: 'An agent can be chosen in campaigns, and leads can be assigned to them.',
    stays: 'An agent stays one. To take them out of a campaign, change the campaign.',
    team: 'Team',
    teamHint: 'Supervisors see the agents, campaigns and leads of their own team. Empty: no team.',
    teamEndsSessions:
      'The new team of a supervisor ends all their sessions when you save: they sign in again.',
  },
  agentFailed: (name: string, reason: string) =>
    `${name} has an account, but is no agent of the call center yet: ${reason}`,
  editTitle: (name: string) => `Edit ${name}`,
  save: 'Save',
  saved: (name: string) => `${name} was saved.`,
  sessionsEnd: 'Saving ends all sessions of this person: they sign in again.',
  extensionRests:
    'The extension is released from this person. It rests for a while before another person may get it.',
  changedMeanwhile: 'Another administrator has changed this person meanwhile. Nothing was saved.',
  loadAgain: 'Load again',
  passwordTitle: (name: string) => `Set the password of ${name}`,
  passwordWhat:
    'All sessions of this person end at once, and a lock after too many wrong passwords is lifted. Hand the password over in a safe way.',
  passwordSet: (name: string) => `${name} has a new password.`,
  disableTitle: (name: string) => `Disable ${name}?`,
  disableWhat:
    'The person cannot sign in any more. All their sessions end at once: screens, streams and the phone in the browser. The extension and the history stay, and you can enable the person again.',
  disableAction: 'Disable',
  wasDisabled: (name: string) => `${name} is disabled.`,
  deleteTitle: (name: string) => `Delete ${name} for good?`,
  deleteWhat: 'This cannot be undone.',
  deleteEffects: [
    'All their sessions end at once.',
    'The extension is released and rests before another person may get it.',
    'Their calls stay in the history.',
  ],
  deleteAction: 'Delete',
  wasDeleted: (name: string) => `${name} was deleted.`,
  resetFactorsTitle: (name: string) => `Reset the second factor of ${name}?`,
  resetFactorsAction: 'Reset',
  resetFactorsWhat:
    'The authenticator app, all passkeys, recovery codes and app passwords are removed, and all sessions end. The password stays. Use it when a person lost a device.',
  factorsWereReset: (name: string) => `${name} has no second factor any more.`,
}
