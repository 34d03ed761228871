import { type Dispatch, type RefObject, type SetStateAction, useEffect, useRef, useState } from 'react'
import { ApiError } from '../../api/client.ts'
import { useErrorText } from '../../components/error-text.ts'
import { readRefusal } from '../../components/refused-field.ts'
import { useMessages } from '../../i18n/messages.ts'
import { checkValues, type Field, type FieldProblem, type Values } from './fields.ts'
import { aiMessages } from './messages.ts'

export interface DocumentForm {
  ref: RefObject<HTMLFormElement | null>
  fields: readonly Field[]
  values: Values
  setValues: Dispatch<SetStateAction<Values>>
  /** What is wrong, by field; the empty name is the whole form. */
  problems: ReadonlyMap<string, string>
  isBusy: boolean
  /** Checks the fields as the API does, and writes them. A refusal is shown beside its field. */
  submit(write: (values: Values) => Promise<unknown>): Promise<void>
}

export function useDocumentForm(fields: readonly Field[], initial: Values): DocumentForm {
  const texts = useMessages(aiMessages)
  const describeError = useErrorText()
  const ref = useRef<HTMLFormElement>(null)
  const [values, setValues] = useState(initial)
  const [problems, setProblems] = useState<ReadonlyMap<string, string>>(new Map())
  const [isBusy, setBusy] = useState(false)
  useEffect(() => {
    if (problems.size > 0) ref.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }, [problems])

  function describeRefusal(err: unknown): ReadonlyMap<string, string> {
    if (err instanceof ApiError && err.status === 409) return new Map([['name', texts.problems.taken]])
    const detail = err instanceof ApiError ? err.detail : undefined
    const isField = (name: string) => fields.some((field) => field.name === name)
    // This surface has no codes: its 400 means what `input_invalid` means elsewhere.
    const describe = (reason: string | undefined) =>
      describeError(
        err instanceof ApiError && err.status === 400 ? new ApiError(400, 'input_invalid', reason) : err,
      )
    return readRefusal(detail, isField, describe)
  }

  return {
    ...{ ref, fields, values, setValues, problems, isBusy },
    async submit(write) {
      const found = checkValues(fields, values)
      if (found.size > 0) {
        const words = [...found].map(([name, problem]) => [name, wordsOf(texts.problems, problem)] as const)
        setProblems(new Map([['', texts.fixFields], ...words]))
        return
      }
      setProblems(new Map())
      setBusy(true)
      try {
        await write(values)
      } catch (err) {
        setProblems(describeRefusal(err))
      } finally {
        setBusy(false)
      }
    },
  }
}

type ProblemTexts = typeof import('./messages.en.ts')['messages']['problems']

function wordsOf(texts: ProblemTexts, problem: FieldProblem): string {
  switch (problem.code) {
    case 'tooLong':
      return texts.tooLong(problem.max)
    case 'outOfRange':
      return texts.outOfRange(problem.min, problem.max)
    default:
      return texts[problem.code]
  }
}
