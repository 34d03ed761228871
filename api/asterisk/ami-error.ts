/**
 * Why an action failed:
 * - `ami_offline` there is no connection, or it broke before the answer
 * - `ami_timeout` no answer came in time on an open connection
 * - `ami_refused` Asterisk refused it; the message is Asterisk's
 * - `ami_field_invalid` a field cannot be encoded; the message names the field without its value
 * - `ami_busy` too many actions are pending
 */
export type AmiErrorCode = 'ami_offline' | 'ami_timeout' | 'ami_refused' | 'ami_field_invalid' | 'ami_busy'

export class AmiError extends Error {
  override name = 'AmiError'
  readonly code: AmiErrorCode
  /** Whether Asterisk may have acted; false when no byte of it was written. */
  readonly sent: boolean

  constructor(code: AmiErrorCode, message: string, sent: boolean) {
    super(message)
    this.code = code
    this.sent = sent
  }
}
