import { readFileSync } from 'node:fs'
import { createFailureReporter } from '../../runtime/failure-reporter.ts'
import { failureLogger, type Logger } from '../../runtime/log.ts'
import type { PhoneSignInConfig } from '../config/phone-sign-in.ts'
import type { Passwords } from '../core/auth/password.ts'
import type { RemotePasswords } from '../core/auth/password-check.ts'
import { createPhonePasswords, type PhoneSecrets } from '../core/auth/phone-passwords.ts'
import { createPhoneSecretCache } from '../core/auth/phone-secret-cache.ts'
import { createPhoneSecretSource } from '../provisioning/phone-secret-source.ts'
import { createRegisterVerifier } from '../sip-auth/register-verifier.ts'
import { createPhoneSecretHashStore } from '../store/sql/auth/phone-secret-hashes.ts'
import type { Database } from '../store/sql/database.ts'

export interface PhoneSignInNeeds {
  config: PhoneSignInConfig
  db: Database
  passwords: Pick<Passwords, 'hash' | 'verify'>
  log: Logger
  now: () => number
}

/** Sign-in with the secret of a phone. */
export interface PhoneSignIn {
  passwords: RemotePasswords
  close(): Promise<void>
}

/** @returns undefined where it is off */
export function createPhoneSignIn(needs: PhoneSignInNeeds): PhoneSignIn | undefined {
  const { config, db, passwords, log } = needs
  const logFailure = failureLogger(log)
  const hashes = createPhoneSecretHashStore(db)
  const cache = createPhoneSecretCache({
    ...{ hashes, passwords },
    onFailure: logFailure.once(
      'phone_secret_store',
      'the hash of a phone’s secret could not be stored or removed',
    ),
  })
  // What an earlier setting has stored.
  if (!config.caches)
    void hashes
      .removeAll()
      .catch(logFailure.once('phone_secret_store', 'hashes of phones’ secrets could not be removed'))
  const secrets = openSecrets(needs)
  if (secrets === undefined) return undefined
  const reporter = createFailureReporter(
    logFailure('phone_sign_in', 'the PBX cannot verify the secrets of phones'),
  )
  return {
    passwords: createPhonePasswords({
      ...{ secrets, passwords },
      cache: config.caches ? cache : undefined,
      onFailure: (err) => reporter.failed(err),
      onSuccess: reporter.succeeded,
    }),
    close: async () => secrets.close?.(),
  }
}

function openSecrets({
  config,
  log,
  now,
}: PhoneSignInNeeds): (PhoneSecrets & { close?(): Promise<void> }) | undefined {
  const { mode, source } = config
  if (mode === 'register') {
    const { server, caPath, domain, usernameTemplate } = config
    return createRegisterVerifier({
      server: { ...server, ca: readCa(caPath) },
      domain,
      usernameOf: (extension) => usernameTemplate.replace('{extension}', extension),
      onUnexpected: (unexpected) =>
        log.warn(
          { event: 'phone_sign_in_unexpected', ...unexpected },
          'the PBX refused or accepted a REGISTER without a comparison of secrets',
        ),
    })
  }
  if (mode === 'off' || source === undefined) return undefined
  const { caPath, ...access } = source
  const ca = readCa(caPath)
  return access.kind === 'freepbx'
    ? createPhoneSecretSource({ ...access, ca }, now)
    : createPhoneSecretSource({ ...access, ...access.login, ca }, now)
}

const readCa = (path: string | undefined) => (path === undefined ? undefined : readFileSync(path, 'utf8'))
