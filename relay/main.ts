import { MAX_STREAM_INSTANCES, streamInstances } from '../contract/stream-instances.ts'
import { readEnv, SettingsError } from '../runtime/env.ts'
import { createLog } from '../runtime/log.ts'
import { exitOnUncaughtError, exitWithStartupError, onShutdown } from '../runtime/shutdown.ts'
import { listenOn } from '../runtime/unix-socket.ts'
import { RelayConfig } from './config.ts'
import { createRelay } from './relay.ts'
import { connectSidecar } from './sidecar-client.ts'

async function main() {
  const config = readEnv(RelayConfig)
  const instance = Number(process.argv[2])
  if (!streamInstances(MAX_STREAM_INSTANCES).includes(instance)) {
    throw new SettingsError(
      `its one argument is the number of an instance, from 1 to ${MAX_STREAM_INSTANCES}`,
    )
  }
  const log = createLog(`relay-${instance}`, config.logLevel)
  exitOnUncaughtError(log)
  const sockets = config.sockets(instance)
  const sidecar = connectSidecar(config.sidecarSocket)
  const relay = createRelay({
    instanceSocket: sockets.instance,
    endReasonOf: sidecar.endReasonOf,
    monotonic: () => performance.now(),
    log,
  })
  await listenOn(relay.server, sockets.own)
  log.info({ event: 'listening', socket: sockets.own }, 'the relay listens')

  onShutdown(log, async () => {
    await relay.shutDown()
    await sidecar.close()
  })
}

main().catch(exitWithStartupError('relay'))
