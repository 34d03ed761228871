import { IconButton } from '../../../components/button.tsx'
import { SelectField, TextField } from '../../../components/field.tsx'
import { Icon } from '../../../components/icon.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import styles from '../campaigns.module.css'
import { type Disposition, EFFECTS, keysFor, LEAD_STATUSES } from './dispositions.ts'
import { campaignTextMessages } from './messages.ts'

interface DispositionRowProps {
  list: readonly Disposition[]
  disposition: Disposition
  onChange(changed: Disposition): void
  onRemove(): void
}

export function DispositionRow({ list, disposition, onChange, onRemove }: DispositionRowProps) {
  const { dispositions: texts } = useMessages(campaignTextMessages)
  const { key, name, effect, lead_status: status } = disposition
  return (
    <div className={styles.tools}>
      <SelectField
        label={texts.key}
        value={key}
        onChange={({ target }) => onChange({ ...disposition, key: target.value })}
      >
        {keysFor(list, key).map((one) => (
          <option key={one}>{one}</option>
        ))}
      </SelectField>
      <TextField
        label={texts.name}
        value={name}
        maxLength={60}
        required
        autoComplete="off"
        onChange={({ target }) => onChange({ ...disposition, name: target.value })}
      />
      <SelectField
        label={texts.effect}
        value={effect}
        onChange={({ target }) =>
          onChange({ ...disposition, effect: EFFECTS.find((one) => one === target.value) ?? 'done' })
        }
      >
        {EFFECTS.map((one) => (
          <option key={one} value={one}>
            {texts.effects[one]}
          </option>
        ))}
      </SelectField>
      <SelectField
        label={texts.leadStatus}
        value={status ?? ''}
        onChange={({ target }) =>
          onChange({
            ...disposition,
            lead_status: LEAD_STATUSES.find((one) => one === target.value) ?? null,
          })
        }
      >
        <option value="">{texts.unchanged}</option>
        {LEAD_STATUSES.map((one) => (
          <option key={one} value={one}>
            {texts.leadStatuses[one]}
          </option>
        ))}
      </SelectField>
      <IconButton label={texts.remove(name || key)} onClick={onRemove} disabled={list.length === 1}>
        <Icon name="close" />
      </IconButton>
    </div>
  )
}
