/** Every `nacre` command: its one line of help and where it lives. Order is the order of `nacre --help`. */

export interface Command {
  /** Runs the command; `argv` is what follows its name. Answers the exit code. */
  run(argv: string[]): Promise<number>
}

export interface CommandEntry { summary: string; load: () => Promise<Command> }

export const commands: Record<string, CommandEntry> = {
  test: { summary: 'run everything CI runs: lint, types, tests on both databases and buses, real guests', load: () => import('./commands/test.ts') },
  lint: { summary: "check the house's rules: lint, import layers, sizes, forbidden words", load: () => import('./commands/lint.ts') },
}
