/** A mail to send. */
export interface Mail {
  to: string
  subject: string
  /** Plain text. */
  text: string
}

export interface Mailer {
  /** Resolves when the mail server has accepted the mail. @throws {Error} if it rejects it or cannot be reached */
  send(mail: Mail): Promise<void>
}
