import { type FormEvent, type ReactNode, useState } from 'react'
import { ApiError } from '../../api/client.ts'
import { Button } from '../../components/button.tsx'
import { Notice } from '../../components/notice.tsx'
import { showToast } from '../../components/toast.tsx'
import { useMessages } from '../../i18n/messages.ts'
import styles from './ai.module.css'
import type { DocumentAccess, StoredDocument } from './document-access.ts'
import { DocumentDiff } from './document-diff.tsx'
import { DocumentFields } from './document-fields.tsx'
import { withTyped } from './fields.ts'
import { aiMessages } from './messages.ts'
import { useChanged } from './use-changed.ts'
import { useDocumentForm } from './use-document-form.ts'

interface DocumentEditorProps {
  access: DocumentAccess
  stored: StoredDocument
  canWrite: boolean
  /** More buttons. */
  children: ReactNode
}

/** The form of a document. A version that another user has stored meanwhile is shown, never overwritten unasked. */
export function DocumentEditor({ access, stored, canWrite, children }: DocumentEditorProps) {
  const texts = useMessages(aiMessages)
  const changed = useChanged(access)
  const [base, setBase] = useState(stored)
  const [crossing, setCrossing] = useState<StoredDocument | 'gone'>()
  const form = useDocumentForm(access.fields, stored.values)
  const isDirty = access.fields.some(({ name }) => form.values[name] !== base.values[name])
  if (stored !== base && !isDirty && crossing === undefined) start(stored)

  function start(document: StoredDocument) {
    setBase(document)
    form.setValues(document.values)
    setCrossing(undefined)
  }
  const save = (version: number) =>
    form.submit(async (values) => {
      try {
        const written = await access.write(values, version)
        void changed(written)
        setBase(written)
        form.setValues((now) => withTyped(now, values, written.values))
        setCrossing(undefined)
        showToast(texts.saved(written.version))
      } catch (err) {
        if (!(err instanceof ApiError) || err.status !== 412) throw err
        setCrossing((await readNewest(access)) ?? 'gone')
      }
    })

  return (
    <form
      ref={form.ref}
      className={styles.form}
      noValidate
      onSubmit={(event: FormEvent) => {
        event.preventDefault()
        void save(base.version)
      }}
    >
      <DocumentFields form={form} isReadOnly={!canWrite} />
      {crossing === 'gone' && <Notice tone="danger">{texts.conflict.gone}</Notice>}
      {crossing !== undefined && crossing !== 'gone' && (
        <>
          <Notice tone="danger">{texts.conflict.what(crossing.version)}</Notice>
          <DocumentDiff fields={access.fields} before={crossing.values} after={form.values} />
        </>
      )}
      {canWrite && (
        <div className={styles.actions}>
          {crossing === undefined ? (
            <Button tone="primary" type="submit" disabled={form.isBusy}>
              {texts.save}
            </Button>
          ) : (
            <Button
              tone="primary"
              disabled={form.isBusy}
              onClick={() => void save(crossing === 'gone' ? 0 : crossing.version)}
            >
              {texts.conflict.overwrite}
            </Button>
          )}
          {isDirty && (
            <Button
              onClick={() => {
                const newest = crossing === undefined || crossing === 'gone' ? stored : crossing
                start(newest)
                void changed()
              }}
            >
              {texts.discard}
            </Button>
          )}
          {children}
          {isDirty && <span className={styles.soft}>{texts.unsaved}</span>}
        </div>
      )}
    </form>
  )
}

async function readNewest(access: DocumentAccess): Promise<StoredDocument | null> {
  try {
    return await access.read(undefined)
  } catch (err) {
    if (err instanceof ApiError && err.status === 404) return null
    throw err
  }
}
