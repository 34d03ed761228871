import { clockOffset } from '../../components/server-clock.ts'
import type { Desk } from './wire.ts'

export interface LoadedDesk {
  desk: Desk
  /** How far the server’s clock is ahead. */
  offsetMs: number
}

export async function loadedDesk(answer: Promise<{ data?: Desk; response: Response }>): Promise<LoadedDesk> {
  const { data, response } = await answer
  // A refusal was thrown before.
  return { desk: data as Desk, offsetMs: clockOffset(response.headers.get('date'), Date.now()) }
}
