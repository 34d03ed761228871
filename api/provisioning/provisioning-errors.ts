import { ProvisioningError } from '../core/provisioning/provisioner.ts'

export const unreachableError = (message: string, cause?: unknown) =>
  new ProvisioningError('unreachable', message, cause)

export const unauthorizedError = (message: string, cause?: unknown) =>
  new ProvisioningError('unauthorized', message, cause)

export const isUnreachable = (err: unknown): err is ProvisioningError =>
  err instanceof ProvisioningError && err.code === 'unreachable'
