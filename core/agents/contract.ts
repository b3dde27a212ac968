/**
 * What an agent on a host must be able to do, as data. A contract is a name, a version and verbs, each with the
 * schema of its input and output. Control planes call it through `agentClient`, hosts serve it with `serveAgent`;
 * both check messages against the same schemas. Verbs are idempotent: the caller may repeat one after a crash.
 */
import { BusTimeout, type Bus, type Stop } from '#core/bus/bus.ts'
import { isValid, schemaErrors, type Static, type TSchema } from '#core/schema/schema.ts'

export interface Verb<I extends TSchema = TSchema, O extends TSchema = TSchema> {
  input: I
  output: O
  /** How long the caller waits. Default 60 s. */
  timeoutMs?: number
}

export interface AgentContract<V extends Record<string, Verb> = Record<string, Verb>> {
  name: string
  version: number
  verbs: V
}

export function verb<I extends TSchema, O extends TSchema>(input: I, output: O, timeoutMs?: number): Verb<I, O> {
  return { input, output, timeoutMs }
}

export function defineAgentContract<V extends Record<string, Verb>>(contract: AgentContract<V>): AgentContract<V> {
  return contract
}

/** Functions with the shapes of a contract's verbs. */
export type VerbsOf<C> = C extends AgentContract<infer V>
  ? { [K in keyof V]: (input: Static<V[K]['input']>) => Promise<Static<V[K]['output']>> }
  : never

/** A message between two versions that do not fit, or a bug: never the user's fault. */
export class ContractBroken extends Error {
  override readonly name = 'ContractBroken'
}

function assertFits(schema: TSchema, value: unknown, what: string): void {
  if (isValid(schema, value)) return
  const first = schemaErrors(schema, value)[0]
  throw new ContractBroken(`${what}: ${first?.instancePath || '/'} ${first?.message ?? 'does not fit'}`)
}

export function agentTopic(contract: AgentContract, host: string): string {
  return `agent.${contract.name}.v${contract.version}.${host}`
}

/** Calls a host's agent. A host that does not answer rejects with `BusTimeout`. */
export function agentClient<C extends AgentContract>(bus: Bus, contract: C, host: string): VerbsOf<C> {
  const client: Record<string, (input: unknown) => Promise<unknown>> = {}
  for (const [name, shape] of Object.entries(contract.verbs)) {
    client[name] = async (input) => {
      assertFits(shape.input, input, `${contract.name}.${name} input`)
      const answer = await bus.call(agentTopic(contract, host), { verb: name, input }, { timeoutMs: shape.timeoutMs ?? 60_000 })
      assertFits(shape.output, answer, `${contract.name}.${name} output`)
      return answer
    }
  }
  return client as VerbsOf<C>
}

/** Serves a contract for one host until the answer is called. */
export async function serveAgent<C extends AgentContract>(bus: Bus, contract: C, host: string, verbs: VerbsOf<C>): Promise<Stop> {
  return await bus.serve(agentTopic(contract, host), async (message) => {
    const { verb: name, input } = message as { verb: string; input: unknown }
    const shape = contract.verbs[name]
    if (shape === undefined) throw new ContractBroken(`${contract.name} has no verb ${name}`)
    assertFits(shape.input, input, `${contract.name}.${name} input`)
    const work = (verbs as Record<string, (input: unknown) => Promise<unknown>>)[name]!
    return (await work(input)) ?? null
  })
}

export { BusTimeout }
