/** `nacre rotate-keys`: a new key seals tokens from now on; tokens sealed with the last ones stay valid. */
import { existsSync } from 'node:fs'
import { tokenKeyFolder } from '#services/identity/service.ts'
import { rotateKeys } from '#services/identity/tokens/key-repository.ts'
import { commandLine } from '../command-line.ts'
import { EXIT, Misuse, Refusal } from '../refusal.ts'
import { stateFolder } from '../settings.ts'

export async function run(argv: string[]): Promise<number> {
  const command = commandLine('rotate-keys', 'Rotates the keys that seal tokens (Fernet). A running cloud takes them up within seconds; no token is lost until its key has been rotated away.')
    .option('--state <dir>', 'where the cloud lives').option('--keep <n>', 'how many keys to keep; tokens must expire sooner than this many rotations', '3')
  const options = command.parse(argv, { from: 'user' }).opts<{ state?: string; keep: string }>()
  const keep = Number(options.keep)
  if (!Number.isInteger(keep) || keep < 2) throw new Misuse(`--keep ${options.keep} would lose tokens that are valid`, 'keep at least 2 keys; 3 is usual')
  const folder = stateFolder(options.state)
  const keys = tokenKeyFolder(folder.path)
  if (!existsSync(keys)) throw new Refusal(`there are no keys in ${keys}`, 'bring the cloud up once, or name its state folder with --state')
  rotateKeys(keys, keep)
  process.stdout.write('A new key seals tokens from now on.\n')
  return EXIT.ok
}
