// A peer: what many guides show. express, jsonwebtoken, and a look into Redis for each request.
import express from 'express'
import { Redis } from 'ioredis'
import jwt from 'jsonwebtoken'
import { settings } from './settings.ts'

const { socket, redis: redisSocket, readSecret, issuer, audience } = settings()
const redis = new Redis(redisSocket)
const secret = readSecret()
const app = express()
app.get('/check', async (req, res) => {
  const token = /^Bearer (.+)$/.exec(req.headers.authorization ?? '')?.[1] ?? ''
  try {
    const claims = jwt.verify(token, secret, { algorithms: ['HS256'], issuer, audience })
    const sid = typeof claims === 'object' ? String(claims.sid) : ''
    res.status((await redis.exists(`revoked:${sid}`)) === 1 ? 401 : 204).end()
  } catch {
    res.status(401).end()
  }
})
app.listen(socket)
