import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { dataOf, type Wire } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import { Button } from '../../../components/button.tsx'
import { useErrorText } from '../../../components/error-text.ts'
import fieldStyles from '../../../components/field.module.css'
import { Labelled } from '../../../components/field.tsx'
import { Section } from '../../../components/section.tsx'
import { formatTime } from '../../../i18n/format.ts'
import { useLanguage, useMessages } from '../../../i18n/messages.ts'
import { useLeadChoices } from '../lead-choices.ts'
import styles from '../leads.module.css'
import { leadMessages } from './messages.ts'

const MAX_LENGTH = 10_000

/** Notes of agents, the newest first, and a field for another one. */
export function LeadNotes({ lead }: { lead: Wire<'CrmLeadInDetail'> }) {
  const language = useLanguage()
  const texts = useMessages(leadMessages)
  const describeError = useErrorText()
  const { api } = useConsole()
  const queries = useQueryClient()
  const { agentName } = useLeadChoices()
  const [content, setContent] = useState('')
  const [error, setError] = useState<string>()
  async function add(event: FormEvent) {
    event.preventDefault()
    if (content.trim() === '') return
    setError(undefined)
    try {
      const path = { id: String(lead.id) }
      await dataOf(api.POST('/api/leads/{id}/notes', { params: { path }, body: { content } }))
      setContent('')
      await queries.invalidateQueries({ queryKey: ['lead', lead.id] })
    } catch (err) {
      setError(describeError(err))
    }
  }
  return (
    <Section title={texts.notes}>
      <form className={styles.form} onSubmit={(event) => void add(event)}>
        <Labelled label={texts.newNote} error={error}>
          {(described) => (
            <textarea
              {...described}
              className={fieldStyles.input}
              rows={2}
              maxLength={MAX_LENGTH}
              value={content}
              onChange={(event) => setContent(event.target.value)}
            />
          )}
        </Labelled>
        <div>
          <Button type="submit" disabled={content.trim() === ''}>
            {texts.addNote}
          </Button>
        </div>
      </form>
      {lead.noteHistory.length === 0 ? (
        <p className={styles.soft}>{texts.noNotes}</p>
      ) : (
        <ul>
          {lead.noteHistory.map((note) => (
            <li key={note.id} className={styles.item}>
              <span className={styles.soft}>
                <time dateTime={note.createdAt}>{formatTime(language, note.createdAt)}</time>{' '}
                {note.agentId !== null && texts.by(agentName(note.agentId))}
              </span>
              {note.content}
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}
