import type { Call } from './call-store.ts'

/** `waiting`: a short beep beside a call. */
export type RingMode = 'off' | 'ring' | 'waiting'
export type Tone = 'busy' | 'ended'

/** How the page rings with these calls. */
export function ringModeFor(live: readonly Pick<Call, 'card'>[]): RingMode {
  const rings = live.some(({ card }) => card.direction === 'incoming' && card.state === 'ringing')
  if (!rings) return 'off'
  return live.some(({ card }) => card.state !== 'ringing') ? 'waiting' : 'ring'
}
