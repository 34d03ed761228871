import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import type { Wire } from '../../api/client.ts'
import { useConsole } from '../../app/console-context.ts'
import { useErrorText } from '../../components/error-text.ts'
import type { Contact } from '../../components/people/directory.ts'
import { PEOPLE_KEY } from '../../components/people/use-contacts.ts'
import { showToast } from '../../components/toast.tsx'

/** @returns a function that makes a person a favourite, or no favourite any more. The list shows it at once. */
export function useToggleFavourite(): (contact: Contact) => void {
  const { api } = useConsole()
  const queries = useQueryClient()
  const describeError = useErrorText()

  function show(extension: string, favourite: boolean) {
    queries.setQueryData<Wire<'Person'>[]>(PEOPLE_KEY, (people) =>
      people?.map((person) => (person.extension === extension ? { ...person, favourite } : person)),
    )
  }
  const { mutate } = useMutation({
    mutationFn: ({ extension, isFavourite }: Contact) => {
      const params = { path: { extension } }
      return isFavourite
        ? api.DELETE('/api/v1/favourites/{extension}', { params })
        : api.PUT('/api/v1/favourites/{extension}', { params })
    },
    onMutate: ({ extension, isFavourite }) => show(extension, !isFavourite),
    onError: (err, { extension, isFavourite, name }) => {
      show(extension, isFavourite)
      showToast(`${name}: ${describeError(err)}`, 'danger')
    },
  })
  return useCallback((contact) => mutate(contact), [mutate])
}
