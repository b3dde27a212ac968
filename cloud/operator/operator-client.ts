/** Asking a running cloud through the operator's door: for the commands `status`, `why`, `doctor`, `demo`. */
import { readRunState, type RunState } from '../run-file.ts'
import { Refusal } from '../refusal.ts'
import { openSecrets } from '../secrets.ts'
import { typed, type StateFolder } from '../settings.ts'

/** The run state of a cloud that must be up. Throws `Refusal`. */
export async function runningCloud(folder: StateFolder): Promise<RunState> {
  const state = await readRunState(folder)
  if (state === undefined) throw new Refusal(`no cloud is running in ${folder.path}`, `bring it up with \`${typed(folder, 'up')}\` (or name another state folder with --state)`)
  return state
}

export async function askOperator<T>(folder: StateFolder, method: 'GET' | 'POST', path: string): Promise<T> {
  const state = await runningCloud(folder)
  const response = await fetch(`${state.operatorUrl}${path}`, { method, headers: { authorization: `Bearer ${openSecrets(folder.secretsFile).get('operator-token')}` } })
  if (!response.ok) throw new Error(`the cloud answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as T
}
