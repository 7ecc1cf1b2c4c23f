//! The words of the player, handed over by the server in the page's language.

export type Say = (key: string, values?: Readonly<Record<string, string | number>>) => string;

/** A missing word shows as its key: visible in review, harmless to a viewer. */
export function sayer(json: string | undefined): Say {
  const words = parseWords(json);
  return (key, values = {}) => fill(words[key] ?? key, values);
}

export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : String(value);
  });
}

function parseWords(json: string | undefined): Record<string, string> {
  const words: Record<string, string> = {};
  try {
    const parsed: unknown = JSON.parse(json ?? "{}");
    if (typeof parsed === "object" && parsed !== null) {
      for (const [key, value] of Object.entries(parsed)) if (typeof value === "string") words[key] = value;
    }
  } catch {
    // The keys stand in for the words; playing still works.
  }
  return words;
}
