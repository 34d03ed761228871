/**
 * A right that one process has at a time, over all processes on one Redis. What is done by it carries
 * `fence`, which rises with each new holder, so that a holder who slept through its end changes nothing.
 */
export interface Lease {
  /** The fence while held, undefined while another holds it or Redis cannot be asked. Of memory, no I/O. */
  fence(): number | undefined
  /** Tells of each change, also of losing it. */
  onChange(listener: (fence: number | undefined) => void): void
  /**
   * Lets another have it, who may do better; takes it back after `forMs` if nobody did.
   * Nothing where it is not held.
   */
  stepDown(forMs: number): void
  /** Gives it up, so that another need not wait for its end. */
  close(): Promise<void>
}
