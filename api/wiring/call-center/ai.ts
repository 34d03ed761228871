import { createAgentSettings } from '../../core/call-center/ai/agent-settings.ts'
import { createAiConfigs } from '../../core/call-center/ai/ai-config.ts'
import { createTemplates } from '../../core/call-center/ai/templates.ts'
import type { AiRoutesNeeds } from '../../http/crm/ai-routes.ts'
import { createDocumentStore } from '../../store/sql/call-center/ai-documents.ts'
import type { Base, Room } from './feature-module.ts'

export function joinAi({ door, db, agents, now }: Base): Room<AiRoutesNeeds> {
  const store = createDocumentStore(db)
  return {
    routes: {
      door,
      settings: createAgentSettings({ store, agents, now }),
      configs: createAiConfigs({ store, now }),
      templates: createTemplates({ store, now }),
    },
  }
}
