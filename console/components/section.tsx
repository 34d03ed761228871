import { type ReactNode, useId } from 'react'
import styles from './section.module.css'

/** A card with a heading, which is also its name for a screen reader. */
export function Section({ title, children }: { title: string; children: ReactNode }) {
  const id = useId()
  return (
    <section className={styles.section} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  )
}
