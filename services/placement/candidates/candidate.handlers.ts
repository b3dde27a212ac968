/** `GET /allocation_candidates`. */
import type { Reply } from '#core/http/message.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { PlacementContext } from '../context.ts'
import { fresh } from '../freshness.versions.ts'
import { candidateRules } from './candidate.versions.ts'
import { candidatesView } from './candidate.view.ts'
import { findCandidates } from './find-candidates.ts'
import { readCandidateRequest } from './read-candidate-request.ts'

export async function listCandidates(ctx: PlacementContext, request: RouteRequest): Promise<Reply> {
  const rules = candidateRules(request.version)
  const asked = readCandidateRequest(request.query, rules)
  const found = await findCandidates(ctx, asked, rules)
  const classes = rules.allClasses ? undefined : new Set(asked.groups.flatMap((group) => [...group.resources.keys()]))
  return fresh(ctx, request, { body: candidatesView(found, classes) })
}
