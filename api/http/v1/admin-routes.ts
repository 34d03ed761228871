import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Guarded } from '../guard.ts'
import { type AccountImportRoutesNeeds, addAccountImportRoutes } from './account-import-routes.ts'
import { addDoNotCallRoutes, type DoNotCallRoutesNeeds } from './do-not-call-routes.ts'
import { addFactorResetRoute, type FactorResetRouteNeeds } from './factor-reset-route.ts'
import { addInvitationRoutes, type InvitationRoutesNeeds } from './invitation-routes.ts'
import { addPasswordAuthorityRoutes, type PasswordAuthorityRoutesNeeds } from './password-authority-routes.ts'
import { addProvisioningRoutes, type ProvisioningRoutesNeeds } from './provisioning-routes.ts'
import { addSecurityLogRoutes, type SecurityLogRoutesNeeds } from './security-log-routes.ts'
import { addServiceTokenRoutes, type ServiceTokenRoutesNeeds } from './service-token-routes.ts'
import { addSystemRoutes, type SystemRoutesNeeds } from './system-routes.ts'
import { addUserRoutes, type UserRoutesNeeds } from './user-routes.ts'
import { addWebhookRoutes, type WebhookRoutesNeeds, webhookTag } from './webhook-routes.ts'

/** By topic, each without the guard that all share. */
export interface AdminRoutesNeeds extends Pick<UserRoutesNeeds, 'guard'> {
  users: Omit<UserRoutesNeeds, 'guard'>
  accountImports: Omit<AccountImportRoutesNeeds, 'guard'>
  passwordAuthority: Omit<PasswordAuthorityRoutesNeeds, 'guard'>
  factors: Omit<FactorResetRouteNeeds, 'guard'>
  invitations: Omit<InvitationRoutesNeeds, 'guard'>
  doNotCall: Omit<DoNotCallRoutesNeeds, 'guard'>
  provisioning: Omit<ProvisioningRoutesNeeds, 'guard'>
  securityLog: Omit<SecurityLogRoutesNeeds, 'guard'>
  system: Omit<SystemRoutesNeeds, 'guard'>
  webhooks: Omit<WebhookRoutesNeeds, 'guard'>
  serviceTokens: Omit<ServiceTokenRoutesNeeds, 'guard'>
}

/** The routes for the role `admin` alone. */
export function addAdminRoutes(app: OpenAPIHono<Guarded>, { guard, ...needs }: AdminRoutesNeeds): void {
  addUserRoutes(app, { guard, ...needs.users })
  addAccountImportRoutes(app, { guard, ...needs.accountImports })
  addPasswordAuthorityRoutes(app, { guard, ...needs.passwordAuthority })
  addFactorResetRoute(app, { guard, ...needs.factors })
  addInvitationRoutes(app, { guard, ...needs.invitations })
  addDoNotCallRoutes(app, { guard, ...needs.doNotCall })
  addProvisioningRoutes(app, { guard, ...needs.provisioning })
  addSecurityLogRoutes(app, { guard, ...needs.securityLog })
  addSystemRoutes(app, { guard, ...needs.system })
  addWebhookRoutes(app, { guard, ...needs.webhooks })
  addServiceTokenRoutes(app, { guard, ...needs.serviceTokens })
}

export const adminTags = [
  { name: 'users', description: 'Accounts: who may log in, as what. For administrators.' },
  { name: 'account imports', description: 'People of a PBX become users. For administrators.' },
  { name: 'invitations', description: 'Accounts that people make themselves. For administrators.' },
  { name: 'do-not-call', description: 'Numbers that are not called from here. For administrators.' },
  { name: 'provisioning', description: 'Extensions that the PBX does not have yet. For administrators.' },
  { name: 'security log', description: 'Who logged in, and what administrators did. For administrators.' },
  { name: 'service tokens', description: 'Tokens of programs. For administrators.' },
  { name: 'system', description: 'Whether each part works, policy and keys. For administrators.' },
  webhookTag,
]
