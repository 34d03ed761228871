import type { WebrtcRoutesNeeds } from '../../http/crm/webrtc-routes.ts'
import type { CallCenterDeps, FeatureModule } from './feature-module.ts'

export function createWebrtcCredentialsModule({
  authorize,
  config,
  provisioning,
}: CallCenterDeps): FeatureModule<WebrtcRoutesNeeds> {
  const { websocketUrl, ice } = config.webrtc
  return {
    routes: {
      authorize,
      credentials: provisioning.webrtcCredentials,
      ice,
      endpoint: { domain: config.sipServer.domain, websocketUrl },
    },
  }
}
