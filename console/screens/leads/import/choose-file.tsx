import { type DragEvent, useRef, useState } from 'react'
import { Button } from '../../../components/button.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import styles from '../leads.module.css'
import importStyles from './import.module.css'
import { importMessages } from './messages.ts'

/** A place to drop a file, and a button that chooses one. */
export function ChooseFile({ onFile }: { onFile(file: File): void }) {
  const texts = useMessages(importMessages)
  const input = useRef<HTMLInputElement>(null)
  const [isOver, setOver] = useState(false)
  function drop(event: DragEvent) {
    event.preventDefault()
    setOver(false)
    const [file] = event.dataTransfer.files
    if (file !== undefined) onFile(file)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button in it does the same
    <div
      className={importStyles.drop}
      data-over={isOver}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <p>{texts.drop}</p>
      <Button tone="primary" onClick={() => input.current?.click()}>
        {texts.chooseFile}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        accept=".csv,.tsv,.txt,text/csv,text/plain,text/tab-separated-values"
        aria-label={texts.chooseFile}
        onChange={(event) => {
          const file = event.target.files?.[0]
          if (file !== undefined) onFile(file)
          event.target.value = ''
        }}
      />
      <p className={styles.soft}>{texts.formats}</p>
    </div>
  )
}
