import { createHmac } from 'node:crypto'

/** `RTCIceServer` of a browser's RTCPeerConnection. */
export interface IceServer {
  urls: readonly string[]
  username?: string
  credential?: string
}

export interface IceSettings {
  stunUrls: readonly string[]
  turnUrls: readonly string[]
  /** Shared with the TURN server: `static-auth-secret` of coturn. */
  turnSecret: string | undefined
}

/**
 * STUN and TURN servers for a browser. TURN credentials expire at `expiresAt` (unix seconds).
 * @see draft-uberti-behave-turn-rest-00 §2.2: `<end>:<user>`, and its HMAC-SHA1 in base64
 */
export function buildIceServers(
  { stunUrls, turnUrls, turnSecret }: IceSettings,
  { userId, expiresAt }: { userId: string; expiresAt: number },
): IceServer[] {
  const username = `${expiresAt}:${userId}`
  return [
    ...(stunUrls.length === 0 ? [] : [{ urls: stunUrls }]),
    ...(turnUrls.length === 0 || turnSecret === undefined
      ? []
      : [
          {
            urls: turnUrls,
            username,
            credential: createHmac('sha1', turnSecret).update(username).digest('base64'),
          },
        ]),
  ]
}
