/**
 * How a command ends. A refusal is what a command says when the machine or the request does not allow the work:
 * one sentence what is wrong and one how to get out, no stack trace.
 */

export const EXIT = {
  /** Done. */
  ok: 0,
  /** It ran, and something in it failed; the output says what. */
  failed: 1,
  /** The command line was not understood. */
  usage: 2,
  /** The machine lacks something (root, a package, a free port, disk); the output says the way out. */
  refused: 3,
  /** Ended by Ctrl-C. */
  interrupted: 130,
  /** Who read its output went away, as `head` does. */
  unread: 141,
} as const

export class Refusal extends Error {
  override readonly name = 'Refusal'
  /** What the user can do now, as one or more lines. */
  readonly wayOut: string

  constructor(message: string, wayOut: string, options?: ErrorOptions) {
    super(message, options)
    this.wayOut = wayOut
  }
}

/** A refusal of the command line itself: what was typed can be right on no machine. */
export class Misuse extends Refusal {}
