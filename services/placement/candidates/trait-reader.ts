/** Reads lists of traits as the database joins them. Hosts of one kind have one list: each is taken apart once. */
export class TraitReader {
  readonly #lists = new Map<string, readonly string[]>()

  read(text: string): readonly string[] {
    let list = this.#lists.get(text)
    if (list === undefined) this.#lists.set(text, (list = text.split(',')))
    return list
  }
}
