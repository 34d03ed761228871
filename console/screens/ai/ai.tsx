import { useConsole } from '../../app/console-context.ts'
import { Notice } from '../../components/notice.tsx'
import { Tabs } from '../../components/tabs.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { ConfigTab } from './config-tab.tsx'
import { aiMessages } from './messages.ts'
import { AI_TABS } from './search.ts'
import { SettingsTab } from './settings-tab.tsx'
import { TemplatesTab } from './templates-tab.tsx'
import { useAiSearch } from './use-ai-search.ts'

const TABS = { templates: TemplatesTab, settings: SettingsTab, config: ConfigTab } as const

/** Prompt templates, and AI settings for the program that calls a model. Agents do not see the configuration. */
export function AiScreen() {
  const texts = useMessages(aiMessages)
  const { claims } = useConsole()
  const [search, setSearch] = useAiSearch()
  const names = AI_TABS.filter((name) => name !== 'config' || claims.role !== 'user')
  const selected = names.find((name) => name === search.tab) ?? 'templates'
  const Tab = TABS[selected]
  return (
    <>
      <h1>{texts.title}</h1>
      <Notice isSilent>{texts.noModel}</Notice>
      <Tabs
        label={texts.title}
        tabs={names.map((name) => ({ name, label: texts.tabs[name] }))}
        selected={selected}
        onSelect={(tab) => setSearch({ tab })}
      >
        <Tab key={search.id} />
      </Tabs>
    </>
  )
}
