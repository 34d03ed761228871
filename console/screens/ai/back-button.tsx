import { Button } from '../../components/button.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { aiMessages } from './messages.ts'
import type { AiTab } from './search.ts'
import { useAiSearch } from './use-ai-search.ts'

/** From a document to the list of its tab. */
export function BackButton({ tab }: { tab: AiTab }) {
  const texts = useMessages(aiMessages)
  const [, setSearch] = useAiSearch()
  return (
    <div>
      <Button tone="quiet" onClick={() => setSearch({ tab })}>
        ← {texts.all}
      </Button>
    </div>
  )
}
