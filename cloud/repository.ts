/** Where this installation's own files are. */
import { dirname } from 'node:path'

/** The folder that holds `nacre`, `package.json` and the rooms. */
export const repositoryRoot: string = dirname(import.meta.dirname)
