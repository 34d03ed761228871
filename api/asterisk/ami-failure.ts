/**
 * Failures that the process survives, by the event that the log has for each:
 * - `ami_disconnected` a connection was lost or refused; reported when the reason changes
 * - `ami_listener_failed` a listener to a connection threw
 * - `ami_sync_failed` the state of Asterisk could not be fetched; it is tried again
 * - `ami_snapshot_failed` the handler of a snapshot threw
 * - `ami_event_failed` the handler of an event threw
 * - `ami_hangup_failed` a channel that appeared after its hang-up was requested could not be hung up
 * - `recording_name_failed` the name of a recording could not be read
 */
export type AmiFailureEvent =
  | 'ami_disconnected'
  | 'ami_listener_failed'
  | 'ami_sync_failed'
  | 'ami_snapshot_failed'
  | 'ami_event_failed'
  | 'ami_hangup_failed'
  | 'recording_name_failed'

/** @param message for people, without data */
export type AmiFailureHandler = (event: AmiFailureEvent, message: string, err: unknown) => void
