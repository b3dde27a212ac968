/**
 * Why a server went where it went, or nowhere: how many hosts there were, which fell to which filter and by how
 * much. One shape for the server's fault, the operation's story, the log and `nacre why`.
 */

export interface Refusal { host: string; filter: string; reason: string }

export interface Explanation {
  /** Hosts known to compute. */
  hosts: number
  /** Hosts with room for it, as placement says. */
  withRoom: number
  refusals: Refusal[]
  /** The weights of those that were left, best first. */
  weighed: { host: string; weight: number }[]
  chosen: string | null
}

/** One sentence for the fault: `No valid host was found. …`. */
export function noValidHost(explanation: Explanation): string {
  return `No valid host was found. ${why(explanation)}`
}

function why(explanation: Explanation): string {
  if (explanation.hosts === 0) return 'There are not enough hosts available: no compute host has given a sign of life yet.'
  const counts = new Map<string, number>()
  for (const refusal of explanation.refusals) counts.set(refusal.filter, (counts.get(refusal.filter) ?? 0) + 1)
  const parts = [...counts].map(([filter, count]) => `${count} by ${filter}`)
  const first = explanation.refusals[0]
  const example = first === undefined ? '' : ` (${first.host}: ${first.reason})`
  return `There are not enough hosts available: of ${explanation.hosts} host${explanation.hosts === 1 ? '' : 's'}, refused ${parts.join(', ')}${example}.`
}

/** Every refusal, one a line. */
export function allRefusals(explanation: Explanation): string {
  return explanation.refusals.map((r) => `${r.host}: ${r.filter}: ${r.reason}`).join('\n')
}
