import { createAgentSettings } from '../../core/call-center/ai/agent-settings.ts'
import { createAiConfigService } from '../../core/call-center/ai/ai-config.ts'
import { createDocumentVersions, type DocumentVersions } from '../../core/call-center/ai/document-versions.ts'
import { createTemplates } from '../../core/call-center/ai/templates.ts'
import type { AiRoutesNeeds } from '../../http/crm/ai-routes.ts'
import { createDocumentStore } from '../../store/sql/call-center/ai-documents.ts'
import type { CallCenterDeps, FeatureModule } from './feature-module.ts'

export function createAiModule({
  authorize,
  db,
  agents,
  users,
  now,
}: CallCenterDeps): FeatureModule<AiRoutesNeeds> & { versions: DocumentVersions } {
  const store = createDocumentStore(db)
  return {
    routes: {
      authorize,
      settings: createAgentSettings({ store, agents, now }),
      configs: createAiConfigService({ store, now }),
      templates: createTemplates({ store, now }),
    },
    versions: createDocumentVersions({ store, agents, users }),
  }
}
