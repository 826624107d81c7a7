/** One way to write each vendor, whatever a registry, a device or a person writes. */

const LEGAL =
  /[\s,.]+(inc|incorporated|corp|corporation|co|company|ltd|limited|llc|gmbh|ag|kg|s\.?p\.?a|s\.?a|s\.?r\.?l|b\.?v|n\.?v|oy|ab|a\/s|as|plc|pty|pte|kk|k\.k|international|holdings?|group|technolog(y|ies)|electronics?|systems?|networks?|communications?|industr(y|ies|ial)|digital|intelligent|solutions?|labs?|products?)\.?(?=$|[\s,.])/gi

export class VendorNames {
  private readonly aliases = new Map<string, string>()
  private readonly remembered = new Map<string, string>()

  constructor(aliases: ReadonlyMap<string, string>) {
    for (const [from, to] of aliases) {
      this.aliases.set(keyOf(from), to)
      this.aliases.set(keyOf(to), to)
    }
  }

  /** As we write it: the name that was chosen for it, else the name without its legal form. */
  written(name: string): string {
    let text = this.remembered.get(name)
    if (text === undefined) {
      text = this.aliases.get(keyOf(name)) ?? this.aliases.get(keyOf(plain(name))) ?? plain(name)
      if (this.remembered.size < 10_000) this.remembered.set(name, text)
    }
    return text
  }

  /** The same for all ways to write one vendor. */
  key(name: string): string {
    return keyOf(this.written(name))
  }
}

const keyOf = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '')

/** Without its legal form: `Axis Communications AB` is `Axis`. */
function plain(name: string): string {
  const tidy = name
    .replace(/\(.*?\)/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  const short = tidy
    .replace(LEGAL, ' ')
    .replace(/[\s,.&]+$/, '')
    .replace(/\s+/g, ' ')
    .trim()
  return short === '' ? tidy : short
}
