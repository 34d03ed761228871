import { migrate } from '../../../api/store/sql/migrate.ts'
import { waitForGo } from './wait.ts'

const { url } = await waitForGo()
console.log(JSON.stringify(await migrate(url)))
