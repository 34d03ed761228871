/** `waiting`: a short beep beside a call. */
export type RingMode = 'off' | 'ring' | 'waiting'
export type Tone = 'busy' | 'ended'
