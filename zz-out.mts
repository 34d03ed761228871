import { writeFileSync } from 'node:fs'
import {  } from './app.ts'
const res = await (() as any).request('/openapi.json')
writeFileSync('/work/plan/openapi-now.json', JSON.stringify(await res.json(), null, 1))
