import { Link } from '@tanstack/react-router'
import { useMessages } from '../../i18n/messages.ts'
import { campaignMessages } from './messages.ts'
import { readServerNote } from './server-note.ts'

/** The last note of the server: what it is about, and its own words as a quotation. */
export function NoteLines({ note }: { note: string }) {
  const { why: texts } = useMessages(campaignMessages)
  const { kind, leadId } = readServerNote(note)
  return (
    <>
      {kind !== undefined && <p>{texts.noteKinds[kind]}</p>}
      <p>
        {texts.note}{' '}
        <q lang="en" dir="ltr">
          {note}
        </q>{' '}
        {leadId !== undefined && (
          <Link to="/leads/$id" params={{ id: leadId }}>
            {texts.lead(leadId)}
          </Link>
        )}
      </p>
    </>
  )
}
