import { readFileSync } from 'node:fs'
import { AUDIENCE, ISSUER } from '../../../contract/claims.ts'

/** What the bench hands to a peer, so that all judge the same tokens by the same rules. */
export function settings() {
  const { BENCH_SOCKET = '', BENCH_REDIS = '', BENCH_KEY = '' } = process.env
  return {
    socket: BENCH_SOCKET,
    redis: BENCH_REDIS,
    readSecret: () => Buffer.from(readFileSync(BENCH_KEY, 'latin1').trim(), 'hex'),
    issuer: ISSUER,
    audience: AUDIENCE,
  }
}
