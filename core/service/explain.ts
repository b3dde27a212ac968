/**
 * What a service can tell about its resources beyond the OpenStack API: why one is as it is (`nacre why`), and
 * whether its rows agree with one another, with its neighbours and with the hosts (`nacre doctor`). Both are views
 * of the tables a service already keeps.
 */

/** One resource as its service knows it. */
export interface Explanation {
  /** API noun: `server`, `port`, `image`. */
  type: string
  id: string
  name: string
  /** Status as the API shows it, with its reason where there is one. */
  status: string
  projectId: string | null
  /** Facts worth seeing, in order: label → text. */
  facts: [label: string, text: string][]
  /** What is wrong, as the user was told. */
  problem?: string
  /** What the reader can do now. */
  advice: string[]
  /** Resources the story goes on with. */
  related: { type: string; id: string }[]
}

/** One thing that is not as it must be. */
export interface Problem {
  /** `orphan-port`, `lost-allocation` … */
  kind: string
  resource: string
  id: string
  sentence: string
  /** Whether `--repair` can mend it, and whether it just did. */
  repairable: boolean
  repaired: boolean
}

export interface Check<C = unknown> {
  name: string
  /** What must be true, as one sentence. */
  invariant: string
  run(ctx: C, repair: boolean): Promise<Problem[]>
}
