/** Limits how often an address may send requests other than logins, such as registrations, over all processes. */
export interface RateLimiter {
  /** @throws {Refusal} `throttled` */
  consume(address: string): Promise<void>
}
