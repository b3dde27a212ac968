/** Every `nacre` command: its one line of help and where it lives. Order is the order of `nacre --help`. */

export interface Command {
  /** Runs the command; `argv` is what follows its name. Answers the exit code. */
  run(argv: string[]): Promise<number>
}

export interface CommandEntry { summary: string; load: () => Promise<Command> }

export const commands: Record<string, CommandEntry> = {
  demo: { summary: 'from nothing to a first server reached by ssh through a floating IP', load: () => import('./commands/demo.ts') },
  up: { summary: 'bring the cloud up in the background', load: () => import('./commands/up.ts') },
  down: { summary: 'stop the cloud; servers keep running', load: () => import('./commands/down.ts') },
  status: { summary: 'what runs, where, with how much memory', load: () => import('./commands/status.ts') },
  openrc: { summary: 'shell exports for the openstack client', load: () => import('./commands/openrc.ts') },
  why: { summary: 'the story of a server, port, image or request', load: () => import('./commands/why.ts') },
  logs: { summary: 'the log, or what it says of one id', load: () => import('./commands/logs.ts') },
  doctor: { summary: 'prove that services and host agree; mend them with --repair', load: () => import('./commands/doctor.ts') },
  'rotate-keys': { summary: 'a new key seals tokens from now on', load: () => import('./commands/rotate-keys.ts') },
  reset: { summary: 'end the cloud with all it has', load: () => import('./commands/reset.ts') },
  bench: { summary: 'measure this cloud, and compare it with another', load: () => import('./commands/bench.ts') },
  golden: { summary: 'rewrite the generated facts in golden/', load: () => import('./commands/golden.ts') },
  test: { summary: 'run everything CI runs: lint, types, tests on both databases and buses, real guests', load: () => import('./commands/test.ts') },
  lint: { summary: "check the house's rules: lint, import layers, sizes, forbidden words", load: () => import('./commands/lint.ts') },
}
