import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser'
import type { Wire } from '../../api/client.ts'

type Options = Wire<'PasskeyOptions'>['options']

/** Asks the person for a new passkey. Rejects if they cancel. The library is loaded at the first use. */
export async function createPasskey(options: Options): Promise<Wire<'PasskeyRegistration'>> {
  const { startRegistration } = await import('@simplewebauthn/browser')
  const made = await startRegistration({
    optionsJSON: options as unknown as PublicKeyCredentialCreationOptionsJSON, // as the document has it
  })
  return made as unknown as Wire<'PasskeyRegistration'> // members that the API does not know are ignored
}

/** Asks the person for a passkey that they have. Rejects if they cancel. */
export async function askForPasskey(options: Options): Promise<Wire<'PasskeyAnswer'>> {
  const { startAuthentication } = await import('@simplewebauthn/browser')
  const proof = await startAuthentication({
    optionsJSON: options as unknown as PublicKeyCredentialRequestOptionsJSON, // as the document has it
  })
  return proof as unknown as Wire<'PasskeyAnswer'> // as above
}
