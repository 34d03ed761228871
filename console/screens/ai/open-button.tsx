import styles from './ai.module.css'

/** The name of a row, which opens it. */
export const OpenButton = ({ name, onOpen }: { name: string; onOpen(): void }) => (
  <button type="button" className={styles.open} onClick={onOpen}>
    <bdi>{name}</bdi>
  </button>
)
