//! Making elements without markup strings, so that no text from outside is ever read as HTML.

export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  attributes: Attributes = {},
  children: ReadonlyArray<Node | string> = [],
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    // What is there without a value is true in HTML, and nothing in ARIA.
    element.setAttribute(name, value === true && !name.startsWith("aria-") ? "" : String(value));
  }
  for (const child of children) element.append(child);
  return element;
}

const svgNamespace = "http://www.w3.org/2000/svg";

/** Draws icons from the sprite whose address the page gave us. */
export class Icons {
  constructor(private readonly sprite: string) {}

  make(name: string): SVGElement {
    const svg = document.createElementNS(svgNamespace, "svg");
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    const use = document.createElementNS(svgNamespace, "use");
    use.setAttribute("href", `${this.sprite}#${name}`);
    svg.append(use);
    return svg;
  }

  change(owner: Element, name: string): void {
    owner.querySelector("use")?.setAttribute("href", `${this.sprite}#${name}`);
  }
}
