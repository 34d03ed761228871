import { TextField } from '../../../components/field.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import styles from '../campaigns.module.css'
import { campaignMessages } from '../messages.ts'
import { DAYS, toggleDay, toMinute, toTimeText, type Week } from '../week.ts'
import { useDayNames, WeekGrid } from './week-grid.tsx'

const DAY_MINUTES = 1_440

interface HoursFieldsProps {
  week: Week
  error: string | undefined
  onChange(week: Week): void
}

/** The calling hours: as a picture of the week, and as fields for exact minutes. */
export function HoursFields({ week, error, onChange }: HoursFieldsProps) {
  const { form: texts } = useMessages(campaignMessages)
  const days = useDayNames('short')
  return (
    <>
      <p className={styles.soft}>
        {texts.hoursHint} {texts.gridHint}
      </p>
      <WeekGrid week={week} onChange={onChange} />
      <div className={styles.columns}>
        <TextField
          label={texts.from}
          name="startMinute"
          type="time"
          value={toTimeText(week.startMinute)}
          error={error}
          onChange={({ target }) =>
            target.value !== '' && onChange({ ...week, startMinute: toMinute(target.value) })
          }
        />
        <TextField
          label={texts.until}
          name="endMinute"
          type="time"
          hint={texts.untilHint}
          value={toTimeText(week.endMinute % DAY_MINUTES)}
          onChange={({ target }) =>
            target.value !== '' && onChange({ ...week, endMinute: toMinute(target.value) || DAY_MINUTES })
          }
        />
        <fieldset className={styles.checks}>
          <legend>{texts.weekdays}</legend>
          {DAYS.map((day) => (
            <label key={day}>
              <input
                type="checkbox"
                checked={week.weekdays.includes(day)}
                onChange={() => onChange(toggleDay(week, day))}
              />
              {days[day - 1]}
            </label>
          ))}
        </fieldset>
      </div>
    </>
  )
}
