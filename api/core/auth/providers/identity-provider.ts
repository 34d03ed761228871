import type { Role } from '../../../../contract/claims.ts'

/** A person as a provider has verified them. A claim that is missing, or of the wrong type, is null. */
export interface ProviderIdentity {
  /** `sub`: the one claim that names a person for ever. */
  subject: string
  /** `sid`: the session at the provider; null where the provider names none. */
  sessionId: string | null
  username: string | null
  /** Only where the provider has verified it: `email_verified` is true. */
  email: string | null
  displayName: string | null
  extension: string | null
  groups: readonly string[]
}

/** What one sign-in sends to the provider, and compares with the answer. */
export interface AuthorizationRequest {
  redirectUri: string
  state: string
  nonce: string
  /** Of PKCE (RFC 7636 §4.1). */
  codeVerifier: string
}

/** The claims of a verified logout token. At least one of `subject` and `sessionId` is set. */
export interface LogoutToken {
  id: string
  subject: string | null
  sessionId: string | null
}

/** What an installation lets the people of a provider do. */
export interface ProviderRules {
  createAccounts: boolean
  requiredGroup: string | undefined
  /** The role of each group; undefined where the provider does not decide roles. */
  roles: Readonly<Record<string, Role>> | undefined
}

export interface IdentityProvider {
  id: string
  /** For people. */
  name: string
  rules: ProviderRules
  /** The provider's page that a browser opens. @throws {SignInFailure} `unavailable` */
  authorizationUrl(request: AuthorizationRequest): Promise<string>
  /**
   * Verifies the answer of the provider and exchanges its code.
   * @param callbackUrl the redirect URI with the query of the answer
   * @throws {SignInFailure} `denied`, `refused`, `unavailable`
   */
  exchange(callbackUrl: string, request: AuthorizationRequest): Promise<ProviderIdentity>
  /** @throws {Refusal} `token_invalid`, `unavailable` */
  verifyLogoutToken(token: string): Promise<LogoutToken>
}

const SIGN_IN_FAILURES = [
  /** The person, or the provider, has denied the sign-in. */
  'denied',
  /** The sign-in was finished before, is too old, or began in another browser. */
  'expired',
  /** The provider's answer is not valid. */
  'refused',
  /** The installation does not admit this person, or creates no accounts. */
  'not_allowed',
  /** Another account has the name, the address or the extension. */
  'taken',
  'disabled',
  /** The provider, or a store, does not answer. */
  'unavailable',
] as const
export type SignInFailureReason = (typeof SIGN_IN_FAILURES)[number]

/** Why a sign-in through a provider did not succeed. `detail` is for the log, without secrets. */
export class SignInFailure extends Error {
  override name = 'SignInFailure'
  readonly reason: SignInFailureReason

  constructor(reason: SignInFailureReason, detail: string, cause?: unknown) {
    super(detail, { cause })
    this.reason = reason
  }
}
