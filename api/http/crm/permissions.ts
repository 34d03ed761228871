import type { Role } from '../../../contract/claims.ts'
import type { ScopeLimit } from '../../core/call-center/agents/scope.ts'

/**
 * What a user reaches by an operation: nothing, their own data, their team's, or all. `all` also stands where data has
 * no owner, as templates.
 */
export type Permission = 'none' | ScopeLimit

/**
 * Permissions by operationId, for each operation of this surface that needs a token. Admins have `all` everywhere.
 * `authorize.ts` turns a permission into the scope of the request. Data outside of the scope is answered as 404.
 */
export const PERMISSIONS = {
  crmInvite: { agent: 'none', supervisor: 'team' },

  crmLeads: { agent: 'own', supervisor: 'team' },
  crmCreateLead: { agent: 'own', supervisor: 'team' },
  crmMyLeads: { agent: 'own', supervisor: 'own' },
  crmLead: { agent: 'own', supervisor: 'team' },
  crmUpdateLead: { agent: 'own', supervisor: 'team' },
  crmDeleteLead: { agent: 'none', supervisor: 'team' },
  crmAddLeadNote: { agent: 'own', supervisor: 'team' },
  crmSetLeadStatus: { agent: 'own', supervisor: 'team' },
  crmAssignLead: { agent: 'none', supervisor: 'team' },
  crmImportLeads: { agent: 'none', supervisor: 'team' },
  crmLeadImport: { agent: 'none', supervisor: 'own' },
  crmExportLeads: { agent: 'none', supervisor: 'team' },

  crmAgents: { agent: 'team', supervisor: 'team' },
  crmCreateAgent: { agent: 'none', supervisor: 'team' },
  crmAgent: { agent: 'team', supervisor: 'team' },
  crmUpdateAgent: { agent: 'none', supervisor: 'team' },
  crmSetAgentStatus: { agent: 'own', supervisor: 'team' },

  crmCampaigns: { agent: 'own', supervisor: 'team' },
  crmCreateCampaign: { agent: 'none', supervisor: 'team' },
  crmCampaign: { agent: 'own', supervisor: 'team' },
  crmUpdateCampaign: { agent: 'none', supervisor: 'team' },
  crmStartCampaign: { agent: 'none', supervisor: 'team' },
  crmPauseCampaign: { agent: 'none', supervisor: 'team' },
  crmStopCampaign: { agent: 'none', supervisor: 'team' },
  crmStartAutomation: { agent: 'none', supervisor: 'team' },
  crmStopAutomation: { agent: 'none', supervisor: 'team' },
  crmAutomationStatus: { agent: 'own', supervisor: 'team' },

  crmDial: { agent: 'own', supervisor: 'team' },
  crmDirectDial: { agent: 'own', supervisor: 'team' },
  crmHangUp: { agent: 'own', supervisor: 'team' },
  crmTransfer: { agent: 'own', supervisor: 'team' },
  crmHold: { agent: 'own', supervisor: 'team' },
  crmUnhold: { agent: 'own', supervisor: 'team' },
  crmCall: { agent: 'own', supervisor: 'team' },

  crmRealtimeStats: { agent: 'own', supervisor: 'team' },
  crmRealtimeStatistics: { agent: 'own', supervisor: 'team' },
  crmAgentStats: { agent: 'own', supervisor: 'team' },

  crmWebrtc: { agent: 'own', supervisor: 'own' },
  crmSipStatus: { agent: 'all', supervisor: 'all' },
  crmSipDial: { agent: 'own', supervisor: 'team' },
  crmSipHangUp: { agent: 'own', supervisor: 'team' },

  crmAiSettings: { agent: 'own', supervisor: 'team' },
  crmAgentAiSettings: { agent: 'own', supervisor: 'team' },
  crmSetAgentAiSettings: { agent: 'none', supervisor: 'team' },
  crmDeleteAgentAiSettings: { agent: 'none', supervisor: 'team' },
  crmAiConfig: { agent: 'none', supervisor: 'all' },
  crmSetAiConfig: { agent: 'none', supervisor: 'none' },
  crmTemplates: { agent: 'all', supervisor: 'all' },
  crmCreateTemplate: { agent: 'none', supervisor: 'all' },
  crmTemplate: { agent: 'all', supervisor: 'all' },
  crmUpdateTemplate: { agent: 'none', supervisor: 'all' },
  crmDeleteTemplate: { agent: 'none', supervisor: 'all' },
} as const satisfies Record<string, { agent: Permission; supervisor: Permission }>

export type GuardedOperation = keyof typeof PERMISSIONS

/** Looks a role up in the table. */
export function permissionOf(operation: GuardedOperation, role: Role): Permission {
  if (role === 'admin') return 'all'
  return PERMISSIONS[operation][role === 'user' ? 'agent' : 'supervisor']
}
