import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Wire } from '../../api/client.ts'
import { Button } from '../../components/button.tsx'
import { Loaded } from '../../components/loaded.tsx'
import { Section } from '../../components/section.tsx'
import { formatFullTime } from '../../i18n/format.ts'
import { useLanguage, useMessages } from '../../i18n/messages.ts'
import styles from './ai.module.css'
import { Comparison } from './comparison.tsx'
import type { DocumentAccess } from './document-access.ts'
import { aiMessages } from './messages.ts'
import { RestoreDialog } from './restore-dialog.tsx'
import { useAiSearch } from './use-ai-search.ts'

interface VersionHistoryProps {
  access: DocumentAccess
  /** The version that is stored; 0: none. */
  current: number
  canWrite: boolean
}

/** Who changed a document, and when; any two versions can be compared, and an older one restored. */
export function VersionHistory({ access, current, canWrite }: VersionHistoryProps) {
  const texts = useMessages(aiMessages)
  const [search, setSearch] = useAiSearch()
  const [restoring, setRestoring] = useState<number>()
  const list = useInfiniteQuery({
    queryKey: [...access.key, 'versions'],
    queryFn: ({ pageParam, signal }) => access.listVersions(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    staleTime: 0,
  })
  const compare = (from: number | undefined, to: number | undefined) => {
    const { tab, id } = search
    setSearch({ ...(tab && { tab }), ...(id && { id }), ...(from && { from }), ...(to && { to }) })
  }
  return (
    <Section title={texts.history.title}>
      <Loaded query={list}>
        {({ pages }) => {
          const versions = pages.flatMap((page) => page.versions)
          const readable = versions.filter((one) => !one.deleted).map(({ version }) => version)
          if (versions.length === 0) return <p className={styles.soft}>{texts.history.none}</p>
          return (
            <>
              <ul aria-label={texts.history.title}>
                {versions.map((one) => (
                  <VersionRow
                    key={one.version}
                    version={one}
                    isCurrent={one.version === current}
                    isComparable={readable.length > 1}
                    onCompare={() => {
                      const newest = readable[0] ?? one.version
                      // The newest one is compared with the one before it.
                      const from = one.version === newest ? (readable[1] ?? newest) : one.version
                      compare(from, newest)
                    }}
                    onRestore={canWrite ? () => setRestoring(one.version) : undefined}
                  />
                ))}
              </ul>
              {list.hasNextPage && (
                <Button disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
                  {texts.more}
                </Button>
              )}
              {search.from !== undefined && search.to !== undefined && (
                <Comparison
                  access={access}
                  versions={readable}
                  from={search.from}
                  to={search.to}
                  onChoose={compare}
                  onClose={() => compare(undefined, undefined)}
                />
              )}
            </>
          )
        }}
      </Loaded>
      {restoring !== undefined && (
        <RestoreDialog
          access={access}
          version={restoring}
          current={current}
          next={(list.data?.pages[0]?.versions[0]?.version ?? current) + 1}
          onClose={() => setRestoring(undefined)}
        />
      )}
    </Section>
  )
}

interface VersionRowProps {
  version: Wire<'AiVersion'>
  isCurrent: boolean
  isComparable: boolean
  onCompare(): void
  onRestore: (() => void) | undefined
}

function VersionRow({ version, isCurrent, isComparable, onCompare, onRestore }: VersionRowProps) {
  const { history: texts } = useMessages(aiMessages)
  const language = useLanguage()
  const name = texts.version(version.version)
  return (
    <li className={styles.row}>
      <div className={styles.main}>
        <p>
          <strong>{name}</strong>
          {isCurrent && <span className={styles.soft}> · {texts.current}</span>}
          {version.deleted && <span className={styles.soft}> · {texts.deletion}</span>}
        </p>
        <p className={styles.soft}>
          <time dateTime={version.changed_at}>{formatFullTime(language, version.changed_at)}</time>{' '}
          <bdi>{texts.by(version.changed_by?.display_name ?? texts.unknownAuthor)}</bdi>
        </p>
      </div>
      {!version.deleted && isComparable && (
        <Button aria-label={`${texts.compare}: ${name}`} onClick={onCompare}>
          {texts.compare}
        </Button>
      )}
      {!version.deleted && !isCurrent && onRestore !== undefined && (
        <Button aria-label={`${texts.restore}: ${name}`} onClick={onRestore}>
          {texts.restore}
        </Button>
      )}
    </li>
  )
}
