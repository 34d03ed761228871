import { useInfiniteQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useConsole } from '../../app/console-context.ts'
import { Button } from '../../components/button.tsx'
import { Icon } from '../../components/icon.tsx'
import { Loaded } from '../../components/loaded.tsx'
import { EmptyState } from '../../components/notice.tsx'
import { SearchField } from '../../components/search-field.tsx'
import { formatTime } from '../../i18n/format.ts'
import { useLanguage, useMessages } from '../../i18n/messages.ts'
import styles from './ai.module.css'
import { BackButton } from './back-button.tsx'
import { templateAccess } from './document-access.ts'
import { DocumentPage } from './document-page.tsx'
import { toLinkedPage } from './lists.ts'
import { aiMessages } from './messages.ts'
import { NewTemplate } from './new-template.tsx'
import { OpenButton } from './open-button.tsx'
import { useAiSearch } from './use-ai-search.ts'

/** Prompt templates: every role reads them, supervisors and administrators change them. */
export function TemplatesTab() {
  const [{ id }] = useAiSearch()
  const { claims } = useConsole()
  const canWrite = claims.role !== 'user'
  if (id === undefined) return <TemplateList canWrite={canWrite} />
  return (
    <>
      <BackButton tab="templates" />
      {id === 'new' ? <NewTemplate /> : <TemplatePage id={id} canWrite={canWrite} />}
    </>
  )
}

function TemplatePage({ id, canWrite }: { id: string; canWrite: boolean }) {
  const { templates: texts } = useMessages(aiMessages)
  const { api } = useConsole()
  const [, setSearch] = useAiSearch()
  const access = useMemo(() => templateAccess(api, id), [api, id])
  return (
    <DocumentPage
      access={access}
      canWrite={canWrite}
      headingOf={({ name = '' }) => name}
      deletion={{ titleOf: ({ name = '' }) => texts.deleteTitle(name), what: texts.deleteWhat }}
      onDeleted={() => setSearch({ tab: 'templates' })}
    />
  )
}

function TemplateList({ canWrite }: { canWrite: boolean }) {
  const texts = useMessages(aiMessages)
  const language = useLanguage()
  const { api } = useConsole()
  const [, setSearch] = useAiSearch()
  const [text, setText] = useState('')
  const list = useInfiniteQuery({
    queryKey: ['ai', 'list', 'templates'],
    queryFn: async ({ pageParam, signal }) => {
      const query = { limit: 100, ...(pageParam === undefined ? {} : { cursor: pageParam }) }
      return toLinkedPage(await api.GET('/api/ai/templates', { params: { query }, signal }))
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    staleTime: 0,
  })
  const wanted = text.toLowerCase()
  return (
    <>
      <div className={styles.tools}>
        <SearchField label={texts.templates.filter} value={text} onSearch={setText} />
        {canWrite && (
          <Button tone="primary" onClick={() => setSearch({ tab: 'templates', id: 'new' })}>
            <Icon name="plus" />
            {texts.templates.add}
          </Button>
        )}
      </div>
      <Loaded query={list}>
        {({ pages }) => {
          const all = pages.flatMap(({ rows }) => rows)
          const shown = all.filter(({ name, category }) =>
            [name, category].some((one) => one.toLowerCase().includes(wanted)),
          )
          if (shown.length === 0)
            return <EmptyState title={all.length === 0 ? texts.templates.empty : texts.templates.noMatch} />
          return (
            <ul aria-label={texts.templates.list}>
              {shown.map(({ id, name, category, variables, version, updatedAt }) => (
                <li key={id} className={styles.row}>
                  <div className={styles.main}>
                    <OpenButton name={name} onOpen={() => setSearch({ tab: 'templates', id })} />
                    <p className={styles.soft}>
                      <bdi>{category}</bdi> · {texts.templates.placeholders(variables.length)} ·{' '}
                      {texts.templates.version(version)} ·{' '}
                      <time dateTime={updatedAt}>{formatTime(language, updatedAt)}</time>
                    </p>
                  </div>
                </li>
              ))}
            </ul>
          )
        }}
      </Loaded>
      {list.hasNextPage && (
        <Button disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {texts.more}
        </Button>
      )}
    </>
  )
}
