import type { Operation } from '../openapi.ts'

export const webhookOperations: readonly Operation[] = []
