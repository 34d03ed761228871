// A peer: @fastify/jwt with its cache of verified tokens on. It knows no revocations.
import fastifyJwt from '@fastify/jwt'
import { fastify } from 'fastify'
import { settings } from './settings.ts'

const { socket, readSecret, issuer, audience } = settings()
const app = fastify()
await app.register(fastifyJwt, {
  secret: readSecret(),
  verify: { algorithms: ['HS256'], allowedIss: issuer, allowedAud: audience, cache: true },
})
app.get('/check', { onRequest: (request) => request.jwtVerify() }, (_, reply) => reply.code(204).send())
await app.listen({ path: socket })
