import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useMemo, useState } from 'react'
import { Button } from '../../components/button.tsx'
import { Loaded } from '../../components/loaded.tsx'
import { EmptyState, Notice } from '../../components/notice.tsx'
import { Section } from '../../components/section.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { DeleteDialog } from './delete-dialog.tsx'
import type { DocumentAccess, StoredDocument } from './document-access.ts'
import { DocumentEditor } from './document-editor.tsx'
import type { Values } from './fields.ts'
import { aiMessages } from './messages.ts'
import { VersionHistory } from './version-history.tsx'

interface DocumentPageProps {
  access: DocumentAccess
  canWrite: boolean
  /** @param values of the stored document */
  headingOf(values: Values): string
  /** Shown above the form. */
  noteOf?(version: number): ReactNode
  /** What the form has for a document that does not exist. */
  defaults?: Values
  /** The texts that are asked before a deletion. */
  deletion?: { titleOf(values: Values): string; what: string }
  onDeleted?(): void
}

/** One document: its form, its versions, and how they differ. */
export function DocumentPage({ access, canWrite, defaults, ...page }: DocumentPageProps) {
  const texts = useMessages(aiMessages)
  const newest = useQuery({
    queryKey: [...access.key, 'newest'],
    queryFn: ({ signal }) => access.read(undefined, signal),
    staleTime: 0,
  })
  // The same object while the document does not exist, so that typed text stays.
  const missing = useMemo(() => ({ version: 0, values: defaults ?? {} }), [defaults])
  return (
    <Loaded query={newest}>
      {(stored) =>
        stored === null && !canWrite ? (
          <EmptyState title={texts.settings.noneToRead} />
        ) : (
          <LoadedDocument {...page} access={access} canWrite={canWrite} stored={stored ?? missing} />
        )
      }
    </Loaded>
  )
}

function LoadedDocument({
  access,
  stored,
  canWrite,
  headingOf,
  noteOf,
  deletion,
  onDeleted,
}: Omit<DocumentPageProps, 'defaults'> & { stored: StoredDocument }) {
  const texts = useMessages(aiMessages)
  const [isDeleting, setDeleting] = useState(false)
  return (
    <>
      <Section title={headingOf(stored.values)}>
        {noteOf?.(stored.version)}
        {!canWrite && <Notice>{texts.readOnly}</Notice>}
        <DocumentEditor access={access} stored={stored} canWrite={canWrite}>
          {deletion !== undefined && access.remove !== undefined && stored.version > 0 && (
            <Button tone="danger" onClick={() => setDeleting(true)}>
              {texts.delete}
            </Button>
          )}
        </DocumentEditor>
      </Section>
      <VersionHistory access={access} current={stored.version} canWrite={canWrite} />
      {isDeleting && deletion !== undefined && (
        <DeleteDialog
          access={access}
          version={stored.version}
          title={deletion.titleOf(stored.values)}
          what={deletion.what}
          onDeleted={onDeleted}
          onClose={() => setDeleting(false)}
        />
      )}
    </>
  )
}
