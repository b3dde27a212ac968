/**
 * Which tests of Tempest are run, as data: named selections, and what is left out of all of them with its reason.
 * `./nacre test --stage conformance --only identity 'test_servers\.'` takes names from here and regular expressions;
 * `guests` beside them asks for a cloud whose guests are real.
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

/** Not a selection, but where it runs: on libvirt. Alone: the tests that need it most. */
export const REAL_GUESTS = 'guests'

/** `onFake`: only where guests are not real. */
export interface Exclusion { tests: RegExp; reason: string; onFake?: true }

/** Tests of things this program does not have; Tempest has no switch for them, or would fail before it asks. */
export const EXCLUSIONS: Exclusion[] = [
  { tests: /^tempest\.api\.identity\.(admin\.)?v2\./, reason: 'the identity API v2.0 is gone upstream' },
  { tests: /^tempest\.api\.image\.v1\./, reason: 'the image API v1 is gone upstream' },
  { tests: /^tempest\.scenario\.test_dashboard/, reason: 'there is no dashboard' },
  // It sets limits before it asks whether there are any.
  { tests: /^tempest\.scenario\.test_unified_limits/, reason: 'there are no unified limits' },
  // They do so even where guests are said to be out of reach.
  { tests: /^tempest\.scenario\.test_(network_(basic_ops|advanced_server_ops|v6)|security_groups_basic_ops|snapshot_pattern|shelve_instance)\.(?!.*\.test_preserve_preexisting_port\b)/, reason: "the fake hypervisor's guests answer neither ping nor ssh (`guests` runs these)", onFake: true },
]

export interface Chosen { walk: boolean; tempest: string[]; realGuests: boolean }

/** Turns names and regular expressions into what is run, and where. */
export function choose(names: readonly string[]): Chosen {
  const realGuests = names.includes(REAL_GUESTS)
  const named = names.filter((name) => name !== REAL_GUESTS)
  const wanted = named.length > 0 ? named : realGuests ? ['scenario'] : DEFAULT_SELECTION
  return { walk: wanted.includes(WALK), tempest: wanted.filter((name) => name !== WALK).map((name) => TEMPEST_SELECTIONS[name] ?? name), realGuests }
}

/** Parts the tests in those that are run and those left out, the latter with how many each reason took. */
export function withoutExcluded(ids: readonly string[], { realGuests }: { realGuests: boolean }): { run: string[]; left: [reason: string, tests: number][] } {
  const left = new Map<string, number>()
  const run = ids.filter((id) => {
    const reason = EXCLUSIONS.find(({ tests, onFake }) => tests.test(id) && !(onFake === true && realGuests))?.reason
    if (reason !== undefined) left.set(reason, (left.get(reason) ?? 0) + 1)
    return reason === undefined
  })
  return { run, left: [...left] }
}
