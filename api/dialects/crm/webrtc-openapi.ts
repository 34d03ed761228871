import type { Operation } from '../openapi.ts'

export const webrtcOperations: readonly Operation[] = []
