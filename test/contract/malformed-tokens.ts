import { encode, type InvalidToken, mint, mintOfLength, type TestKeys, validClaims } from './mint-token.ts'

const reshape = (change: (parts: [string, string, string]) => string) => (forge: TestKeys) => {
  const [header = '', payload = '', signature = ''] = mint(forge.hmac, forge.nowS).split('.')
  return change([header, payload, signature])
}
/** Tokens that have not three parts, or parts of different tokens. */
export const malformedTokens: InvalidToken[] = [
  ['nothing but dots', () => '..'],
  ['one part', reshape(([h]) => h)],
  ['two parts', reshape(([h, p]) => `${h}.${p}`)],
  ['four parts', reshape((parts) => `${parts.join('.')}.${parts[2]}`)],
  ['five parts, as a JWE has', reshape((parts) => `${parts.join('.')}.${parts[1]}.${parts[2]}`)],
  ['a dot at the end', reshape((parts) => `${parts.join('.')}.`)],
  ['a dot before it', reshape((parts) => `.${parts.join('.')}`)],
  ['two dots between', reshape(([h, p, s]) => `${h}..${p}.${s}`)],
  ['no header', reshape(([, p, s]) => `.${p}.${s}`)],
  ['no payload', reshape(([h, , s]) => `${h}..${s}`)],
  ['no signature', reshape(([h, p]) => `${h}.${p}.`)],
  ['a signature cut short', reshape(([h, p, s]) => `${h}.${p}.${s.slice(0, -4)}`)],
  ['a signature twice', reshape(([h, p, s]) => `${h}.${p}.${s}${s}`)],
  ['a signature of zeros', reshape(([h, p, s]) => `${h}.${p}.${'A'.repeat(s.length)}`)],
  [
    'a signature of another token',
    ({ hmac, nowS }) => {
      const [h, p] = mint(hmac, nowS).split('.')
      return `${h}.${p}.${mint(hmac, nowS, { claims: { jti: 'another' } }).split('.')[2]}`
    },
  ],
  [
    'a payload of another token',
    ({ hmac, nowS }) => {
      const [h, , s] = mint(hmac, nowS).split('.')
      return `${h}.${encode({ ...validClaims(nowS), role: 'admin' })}.${s}`
    },
  ],
  ['quotes around it', reshape((parts) => `"${parts.join('.')}"`)],
  ['its scheme in it', reshape((parts) => `Bearer Bearer ${parts.join('.')}`)],
  ['another sign for the dots', reshape((parts) => parts.join('\u2024'))],
  ['JSON serialization', reshape(([h, p, s]) => JSON.stringify({ protected: h, payload: p, signature: s }))],
  ['more than 4096 characters', ({ hmac, nowS }) => mintOfLength(hmac, nowS, 4097)],
  ['6000 characters', ({ hmac, nowS }) => mintOfLength(hmac, nowS, 6000)],
]
