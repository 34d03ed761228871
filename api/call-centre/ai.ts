import { createAgentSettings } from '../core/ai/agent-settings.ts'
import { createAiConfigs } from '../core/ai/ai-config.ts'
import { createTemplates } from '../core/ai/templates.ts'
import type { AiRoutesNeeds } from '../dialects/crm/ai-routes.ts'
import { createDocumentStore } from '../store/sql/ai.ts'
import type { Base, Room } from './base.ts'

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
