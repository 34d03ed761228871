import { useQueryClient } from '@tanstack/react-query'
import { useConsole } from '../../app/console-context.ts'
import { Button } from '../../components/button.tsx'
import { componentMessages } from '../../components/messages.ts'
import { EmptyState } from '../../components/notice.tsx'
import { Section } from '../../components/section.tsx'
import { showToast } from '../../components/toast.tsx'
import { useMessages } from '../../i18n/messages.ts'
import styles from './ai.module.css'
import { createTemplate } from './document-access.ts'
import { DocumentFields } from './document-fields.tsx'
import { TEMPLATE_FIELDS } from './fields.ts'
import { aiMessages } from './messages.ts'
import { useAiSearch } from './use-ai-search.ts'
import { useDocumentForm } from './use-document-form.ts'

export function NewTemplate() {
  const { templates: texts } = useMessages(aiMessages)
  const { noPermission } = useMessages(componentMessages)
  const { api, claims } = useConsole()
  const queries = useQueryClient()
  const [, setSearch] = useAiSearch()
  const form = useDocumentForm(TEMPLATE_FIELDS, { category: 'general' })
  if (claims.role === 'user') return <EmptyState title={noPermission} />
  const create = () =>
    form.submit(async (values) => {
      const { id, name } = await createTemplate(api, values)
      showToast(texts.created(name))
      await queries.invalidateQueries({ queryKey: ['ai', 'list'] })
      setSearch({ tab: 'templates', id })
    })
  return (
    <Section title={texts.add}>
      <form
        ref={form.ref}
        className={styles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void create()
        }}
      >
        <DocumentFields form={form} isReadOnly={false} />
        <div className={styles.actions}>
          <Button tone="primary" type="submit" disabled={form.isBusy}>
            {texts.create}
          </Button>
        </div>
      </form>
    </Section>
  )
}
