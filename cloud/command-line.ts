/** The command line of one `nacre` command: commander, set so that errors come back to `main` instead of ending the process. */
import { Command } from 'commander'

export function commandLine(name: string, description: string): Command {
  return new Command(`nacre ${name}`)
    .description(description)
    .exitOverride()
    .showHelpAfterError(`(nacre ${name} --help tells the options)`)
    .allowExcessArguments(false)
}
