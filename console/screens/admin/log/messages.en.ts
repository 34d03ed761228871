import type { paths } from '../../../api/schema.d.ts'

type Query = NonNullable<paths['/api/v1/security-log']['get']['parameters']['query']>
/** All that the API knows: a new one without words does not compile. */
type EventName = NonNullable<Query['event']>

export const messages = {
  list: 'Events',
  empty: 'No event fits these filters.',
  event: 'Event',
  search: 'Name, address or another text',
  from: 'From',
  to: 'Until',
  events: {
    authn_login_success: 'Signed in',
    authn_login_fail: 'Sign-in failed',
    authn_login_throttled: 'Sign-in slowed down after wrong passwords',
    authn_token_reuse: 'A used token came again: session ended',
    session_ended: 'Session ended',
    session_logout: 'Signed out',
    user_created: 'Person added',
    user_updated: 'Person changed',
    user_unlocked: 'Lock lifted',
    user_deleted: 'Person deleted',
    authn_password_change: 'Password set',
    authn_password_change_fail: 'Wrong current password at a change of password',
    authn_password_reset: 'Password set after a mail',
    authn_password_reset_request: 'Mail for a new password requested',
    invitation_created: 'Invitation created',
    invitation_sent_again: 'Invitation sent again',
    invitation_cancelled: 'Invitation cancelled',
    do_not_call_added: 'Do not call: number added',
    do_not_call_removed: 'Do not call: number removed',
    provisioning_retried: 'Provisioning tried again',
  } satisfies Record<EventName, string>,
  fields: {
    about: 'About',
    by: 'By',
    address: 'From',
    session: 'Session',
  },
  details: {
    username: 'Name as typed',
    target: 'About',
    changes: 'New values',
    reason: 'Reason',
  } as Record<string, string>,
  reasons: {
    ended_by_user: 'ended by the person',
    ended_by_admin: 'ended by an administrator',
    logout: 'signed out',
    password: 'new password',
    changed: 'role or extension changed',
    disabled: 'person disabled',
    token_reuse: 'a used token came again',
    expired: 'expired',
    idle: 'not used for too long',
  } as Record<string, string>,
  commandLine: 'Command line',
  deleted: 'a deleted person',
  ofPerson: (name: string) => `Only events of ${name}`,
  allPeople: 'Show all people',
}
