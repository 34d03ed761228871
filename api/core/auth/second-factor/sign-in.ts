import { Refusal } from '../../refusal.ts'
import type { Login, LoginCredentials } from '../login.ts'
import type { AddressAttempts } from '../login-attempts.ts'
import type { RateLimiter } from '../rate-limiter.ts'
import type { SecurityLog } from '../security-log.ts'
import { requireNoPasswordChange } from '../sign-in-policy.ts'
import type { SignInTickets } from '../sign-in-tickets.ts'
import type { UserStore } from '../users.ts'
import type { FactorEnrolment, NewFactorAnswer, TotpSetup } from './factor-enrolment.ts'
import type { Passkeys } from './passkeys.ts'
import type {
  PasskeyAnswer,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from './relying-party.ts'
import type { FactorAnswer, FactorMethod, SecondFactor } from './second-factor.ts'
import type { ChallengedUser, SignInChallenges } from './sign-in-challenges.ts'

/** What a right password leads to: a ticket, or the challenge of a second factor. */
export type PasswordOutcome =
  | { ticket: string }
  | { challenge: string; methods: FactorMethod[]; mustEnrol: boolean }

/**
 * The sign-in of a person with a browser. It ends with a ticket, see `SignInTickets`. Each method that takes a challenge
 * throws `not_found` once that is used or expired, and after a change of the account.
 */
export interface SignIn {
  /** @throws {Refusal} as `Login.verify`, also for an app password; `password_change_required` */
  withPassword(credentials: LoginCredentials, address: string): Promise<PasswordOutcome>
  /** @throws {Refusal} as `SecondFactor.verify`; `conflict` if the challenge permits to enrol alone */
  withSecondFactor(challenge: string, answer: FactorAnswer, address: string): Promise<string>
  /** @param challenge of the user with the accepted passkeys; undefined: the sign-in by a passkey alone */
  passkeyOptions(
    challenge: string | undefined,
    address: string,
  ): Promise<PublicKeyCredentialRequestOptionsJSON>
  /** Signs in without a username and without a password. @throws {Refusal} `credentials_wrong`, `throttled` */
  withPasskey(response: PasskeyAnswer, address: string): Promise<string>
  beginTotp(challenge: string): Promise<TotpSetup>
  beginPasskey(challenge: string): Promise<PublicKeyCredentialCreationOptionsJSON>
  /** Adds the first factor, and signs in. */
  enrol(
    challenge: string,
    answer: NewFactorAnswer,
    address: string,
  ): Promise<{ ticket: string; recoveryCodes: string[] | undefined }>
}

export interface SignInNeeds {
  login: Pick<Login, 'verify'>
  users: Pick<UserStore, 'find'>
  secondFactor: SecondFactor
  enrolment: FactorEnrolment
  passkeys: Pick<Passkeys, 'authenticationOptions' | 'verifyAuthentication'>
  challenges: SignInChallenges
  tickets: Pick<SignInTickets, 'issue'>
  /** Limits how many challenges an address gets. */
  challengeLimiter: RateLimiter
  /** Counts passkeys that were not accepted. */
  addressAttempts: AddressAttempts
  securityLog: SecurityLog
}

export function createSignIn(needs: SignInNeeds): SignIn {
  const { login, users, secondFactor, enrolment, passkeys, challenges, tickets } = needs
  const { challengeLimiter, addressAttempts, securityLog } = needs

  const toEnrol =
    <T>(work: (about: ChallengedUser) => Promise<T>) =>
    (about: ChallengedUser): Promise<T> => {
      if (!about.mustEnrol) throw new Refusal('conflict', { detail: 'the account has a second factor' })
      return work(about)
    }
  const termsOf = ({ user }: ChallengedUser) => ({
    user,
    owner: { userId: user.id, generation: user.generation },
    mustBeFirst: true,
  })

  return {
    async withPassword(credentials, address) {
      const { user, proof } = await login.verify(credentials, address)
      // The sign-in of a person, who has the password; devices log in at the surfaces.
      if (proof !== 'password') throw new Refusal('credentials_wrong')
      const need = await secondFactor.needOf(user)
      // A password that has to be replaced is replaced first, which asks for the factor as well.
      await requireNoPasswordChange(user)
      if (need !== undefined) return { challenge: await challenges.issue(user, need.mustEnrol), ...need }
      return { ticket: await tickets.issue(user, { isPasswordAlone: true }) }
    },

    withSecondFactor: (challenge, answer, address) =>
      challenges.answer(challenge, 'use', async ({ user, mustEnrol }) => {
        if (mustEnrol) throw new Refusal('conflict', { detail: 'the account has to add a second factor' })
        await secondFactor.verify(user, answer, address)
        await requireNoPasswordChange(user)
        return tickets.issue(user)
      }),

    async passkeyOptions(challenge, address) {
      if (challenge !== undefined)
        return challenges.answer(challenge, 'keep', ({ user }) => passkeys.authenticationOptions(user))
      await challengeLimiter.consume(address)
      return passkeys.authenticationOptions(undefined)
    },

    async withPasskey(response, address) {
      const attempt = await addressAttempts.reserve(address)
      try {
        const userId = await passkeys.verifyAuthentication(undefined, response, address)
        const user = await users.find(userId)
        if (user === undefined || user.disabled || user.passwordAuthority === 'provider')
          throw new Refusal('credentials_wrong')
        const ticket = await tickets.issue(user)
        await attempt.end('success')
        return ticket
      } catch (err) {
        const isWrong = err instanceof Refusal && err.code === 'credentials_wrong'
        await attempt.end(isWrong ? 'failure' : 'void')
        if (isWrong) securityLog.write({ event: 'authn_login_fail', username: '', address })
        throw err
      }
    },

    beginTotp: (challenge) =>
      challenges.answer(
        challenge,
        'keep',
        toEnrol((about) => enrolment.beginTotp(termsOf(about))),
      ),
    beginPasskey: (challenge) =>
      challenges.answer(
        challenge,
        'keep',
        toEnrol((about) => enrolment.beginPasskey(termsOf(about))),
      ),
    enrol: (challenge, answer, address) =>
      challenges.answer(
        challenge,
        'use',
        toEnrol(async (about) => {
          const recoveryCodes = await enrolment.complete({ ...termsOf(about), address }, answer)
          return { ticket: await tickets.issue(about.user), recoveryCodes }
        }),
      ),
  }
}
