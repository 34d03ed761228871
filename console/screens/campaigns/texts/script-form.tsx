import { useConsole } from '../../../app/console-context.ts'
import { Button } from '../../../components/button.tsx'
import { Labelled } from '../../../components/field.tsx'
import { Loaded } from '../../../components/loaded.tsx'
import { Section } from '../../../components/section.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import styles from '../campaigns.module.css'
import { campaignTextMessages } from './messages.ts'
import { useVersioned, withEtag } from './use-versioned.ts'

const MAX_LENGTH = 20_000

/** The text that agents read to a lead. */
export function ScriptForm({ id }: { id: string }) {
  const { script: texts } = useMessages(campaignTextMessages)
  const { api } = useConsole()
  const path = { campaignId: id }
  const script = useVersioned(
    ['campaigns', id, 'script'],
    (signal) => withEtag(api.GET('/api/v1/campaigns/{campaignId}/script', { params: { path }, signal })),
    ({ text }) => text,
    (text, header) =>
      api.PUT('/api/v1/campaigns/{campaignId}/script', { params: { path, header }, body: { text } }),
    texts,
  )
  return (
    <Section title={texts.title}>
      <Loaded query={script.query}>
        {() => (
          <form
            className={styles.form}
            onSubmit={(event) => {
              event.preventDefault()
              void script.store(script.input ?? '')
            }}
          >
            <Labelled label={texts.text} error={script.failure}>
              {(described) => (
                <textarea
                  className={styles.area}
                  value={script.input}
                  maxLength={MAX_LENGTH}
                  onChange={({ target }) => script.change(target.value)}
                  {...described}
                />
              )}
            </Labelled>
            <div className={styles.head}>
              <Button type="submit" disabled={!script.isChanged || script.isBusy}>
                {texts.save}
              </Button>
            </div>
          </form>
        )}
      </Loaded>
    </Section>
  )
}
