import type { BlockedReason, CallError, CallState, Registration } from './phone-types.ts'

/** Texts for every state and error of the phone. */
export const messages = {
  registration: {
    offline: 'The phone is off.',
    connecting: 'The phone is connecting …',
    registered: 'The phone is ready.',
    reconnecting: 'The phone is reconnecting …',
  } satisfies Record<Exclude<Registration['state'], 'blocked'>, string>,
  blocked: {
    insecure_context:
      'Browsers give the microphone only to pages of https:// and of this computer itself. Open this page by https://, or ask your administrator for a certificate.',
    microphone_denied:
      'The microphone cannot be used. Connect one, and allow it for this page in the browser’s address bar; then call again.',
    session_ended: 'Your session has ended. Sign in again to use the phone.',
    taken_by_other_window: 'Another window has taken the phone.',
    no_extension: 'You have no extension. Ask your administrator for one.',
    not_supported: 'This system or this browser has no phone for pages.',
  } satisfies Record<BlockedReason, string>,
  state: {
    ringing: 'rings',
    answering: 'is being connected',
    active: 'active',
    held: 'on hold',
    'remote-held': 'the other side holds the call',
    ended: 'ended',
  } satisfies Record<CallState, string>,
  error: {
    refused: 'The call was not allowed.',
    no_invite: 'The call did not reach this page. Try again.',
    lost: 'The connection was lost.',
    no_network: 'The browser found no network for the sound of the call.',
    busy: 'Busy.',
    declined: 'The call was declined.',
    no_answer: 'No answer.',
    answered_elsewhere: 'Answered on another phone.',
    microphone_denied: 'The microphone cannot be used.',
    failed: 'The call failed.',
  } satisfies Record<CallError, string>,
  soundBlocked: 'Click anywhere in the page, so that the browser may ring.',
}
