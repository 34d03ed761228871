const LOCK = 'hookswitch-leader'

/**
 * Makes one tab of the browser the leader, by a Web Lock. When that tab closes or crashes, the browser passes the lock to
 * the next one.
 *
 * Pages without TLS have no Web Locks: there each tab is its own leader.
 *
 * @param onLead runs once, when this tab becomes the leader
 * @returns whether this tab became the leader at once
 */
export async function takeLeadership(onLead: () => void): Promise<boolean> {
  // Undefined in an insecure context.
  const locks = navigator.locks as LockManager | undefined
  if (locks === undefined) {
    onLead()
    return true
  }
  const isLeader = await new Promise<boolean>((decide) => {
    void locks.request(LOCK, { ifAvailable: true }, (lock) => {
      decide(lock !== null)
      if (lock === null) return
      onLead()
      return forever
    })
  })
  if (!isLeader) {
    void locks.request(LOCK, () => {
      onLead()
      return forever
    })
  }
  return isLeader
}

/** The lock is released when the tab is closed. */
const forever = new Promise<never>(() => {})
