/**
 * Why an action has no answer:
 * - `ami_offline` there is no link, or it broke while the answer was due
 * - `ami_timeout` the link stands and no answer came in time
 * - `ami_refused` Asterisk said no; the message is its own
 * - `ami_field_invalid` a field that cannot go over the wire as it is; the message names it and not its value
 * - `ami_busy` too many answers are due already
 */
export type AmiErrorCode = 'ami_offline' | 'ami_timeout' | 'ami_refused' | 'ami_field_invalid' | 'ami_busy'

export class AmiError extends Error {
  override name = 'AmiError'
  readonly code: AmiErrorCode
  /** Whether Asterisk may have acted: false means that nothing of it was written. */
  readonly sent: boolean

  constructor(code: AmiErrorCode, message: string, sent: boolean) {
    super(message)
    this.code = code
    this.sent = sent
  }
}
