import { type IntervalJob, startInterval } from '../../../runtime/interval.ts'
import { failureLogger } from '../../../runtime/log.ts'
import { createWebrtcCredentials } from '../../core/provisioning/webrtc-credentials.ts'
import type { WebrtcRoutesNeeds } from '../../http/crm/webrtc-routes.ts'
import { createEphemeralCredentialStore } from '../../store/sql/provisioning/webrtc-credentials.ts'
import type { CallCenterDeps, FeatureModule } from './feature-module.ts'

export function createWebrtcCredentialsModule({
  authorize,
  config,
  db,
  users,
  provisioning,
  tokenVerifier: verifier,
  log,
  now,
}: CallCenterDeps): FeatureModule<WebrtcRoutesNeeds> {
  const { ttl, websocketUrl, ice } = config.webrtc
  const credentials = createWebrtcCredentials({
    store: createEphemeralCredentialStore(db),
    provisioner: provisioning.credentialProvisioner,
    extensions: provisioning.extensions,
    users,
    verifier,
    seal: provisioning.seal,
    ttl,
    now,
    onFailure: failureLogger(log)(
      'webrtc_credential',
      'WebRTC credentials could not be created or removed on the PBX',
    ),
  })
  let job: IntervalJob | undefined
  return {
    routes: { authorize, credentials, ice, endpoint: { domain: config.sipServer.domain, websocketUrl } },
    open() {
      if (provisioning.credentialProvisioner === undefined) return
      job = startInterval(
        1_000,
        credentials.tick,
        failureLogger(log)('webrtc_credentials_tick', 'expired WebRTC credentials could not be revoked'),
      )
    },
    async close() {
      job?.stop()
    },
  }
}
