/**
 * Which tests of Tempest are run, as data: named selections, and what is left out of all of them with its reason.
 * `./nacre test --stage conformance --only identity 'test_servers\.'` takes names from here and regular expressions.
 */

export const TEMPEST_SELECTIONS: Record<string, string> = {
  smoke: String.raw`^tempest\.(api\.(identity|image|compute|network)|scenario)\..*[\[,]smoke[,\]]`,
  identity: String.raw`^tempest\.api\.identity\.`,
  image: String.raw`^tempest\.api\.image\.`,
  compute: String.raw`^tempest\.api\.compute\.`,
  network: String.raw`^tempest\.api\.network\.`,
  scenario: String.raw`^tempest\.scenario\.`,
  all: String.raw`^tempest\.(api\.(identity|image|compute|network)|scenario)\.`,
}

/** The walk of the command line client goes by this name. */
export const WALK = 'clients'

/** What runs where nothing is chosen. */
export const DEFAULT_SELECTION = [WALK, 'smoke']

export interface Exclusion { tests: RegExp; reason: string }

/** Tests of things this program does not have; Tempest has no switch for them, or would fail before it asks. */
export const EXCLUSIONS: Exclusion[] = [
  { tests: /^tempest\.api\.identity\.(admin\.)?v2\./, reason: 'the identity API v2.0 is gone upstream' },
  { tests: /^tempest\.api\.image\.v1\./, reason: 'the image API v1 is gone upstream' },
  { tests: /^tempest\.scenario\.test_dashboard/, reason: 'there is no dashboard' },
  // It pings its guests even where guests are said to be out of reach; cloud/walk.guest.test.ts does so with real ones.
  { tests: /TestNetworkBasicOps\.test_network_basic_ops\b/, reason: "the fake hypervisor's guests answer no ping" },
]

export interface Chosen { walk: boolean; tempest: string[] }

/** Turns names and regular expressions into what is run. */
export function choose(names: readonly string[]): Chosen {
  const wanted = names.length === 0 ? DEFAULT_SELECTION : names
  return { walk: wanted.includes(WALK), tempest: wanted.filter((name) => name !== WALK).map((name) => TEMPEST_SELECTIONS[name] ?? name) }
}

/** Parts the tests in those that are run and those left out, the latter with how many each reason took. */
export function withoutExcluded(ids: readonly string[]): { run: string[]; left: [reason: string, tests: number][] } {
  const left = new Map<string, number>()
  const run = ids.filter((id) => {
    const reason = EXCLUSIONS.find(({ tests }) => tests.test(id))?.reason
    if (reason !== undefined) left.set(reason, (left.get(reason) ?? 0) + 1)
    return reason === undefined
  })
  return { run, left: [...left] }
}
