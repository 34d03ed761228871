import type { WebrtcRoutesNeeds } from '../dialects/crm/webrtc-routes.ts'
import type { Base, Room } from './base.ts'

export function joinWebrtc({ door }: Base): Room<WebrtcRoutesNeeds> {
  return { routes: { door } }
}
