/** Mail as it leaves the house. */
export interface Mail {
  to: string
  subject: string
  /** Plain text. */
  text: string
}

export interface Mailer {
  /** Over once the server took it. @throws {Error} where it did not, or cannot be reached */
  send(mail: Mail): Promise<void>
}
