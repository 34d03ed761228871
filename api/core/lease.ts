/**
 * A lease that one process at a time holds, over all processes on one Redis. Each write of its holder carries the
 * fencing token `fence`, which rises with each new holder, so that late writes of a stalled holder are rejected.
 */
export interface Lease {
  /** The fencing token while held; undefined while another process holds it or Redis is unreachable. No I/O. */
  fence(): number | undefined
  /** Whether another process held the lease at the last request, not longer ago than a lease lasts. No I/O. */
  isHeldElsewhere(): boolean
  /** Called with each change; undefined when the lease is lost. */
  onChange(listener: (fence: number | undefined) => void): void
  /**
   * Releases the lease so that another process can acquire it, and tries to acquire it again only after `forMs`.
   * No effect while it is not held.
   */
  stepDown(forMs: number): void
  /** Releases the lease, so that another process need not wait until it expires. */
  close(): Promise<void>
}
