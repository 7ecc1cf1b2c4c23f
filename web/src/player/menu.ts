//! The menus over the bar: one open at a time, arrows move through it, Esc gives the focus back to its button.

import { type Icons, make } from "./dom";

export interface Choice {
  readonly name: string;
  readonly chosen: boolean;
  readonly pick: () => void;
  /** Leads on to another menu instead of choosing. */
  readonly leads?: boolean;
  /** Stands behind the name. */
  readonly note?: string;
  /** Once chosen there is nothing more to choose. */
  readonly closes?: boolean;
}
export interface Group {
  readonly name: string;
  readonly choices: readonly Choice[];
}

export class Menu {
  private panel: HTMLElement | null = null;
  private button: HTMLElement | null = null;

  constructor(private readonly host: HTMLElement, private readonly icons: Icons, private readonly onClose: () => void) {}

  get open(): boolean {
    return this.panel !== null;
  }

  /** Opens the groups for `button`, or closes when the same button is pressed again. */
  toggle(button: HTMLElement, name: string, groups: () => readonly Group[]): void {
    const again = this.button === button;
    this.close(again);
    if (!again) this.show(button, name, groups);
  }

  show(button: HTMLElement, name: string, groups: () => readonly Group[]): void {
    this.close(false);
    const panel = make("div", "player__menu", { role: "menu", "aria-label": name });
    const build = () => panel.replaceChildren(...groups().map((group) => this.group(group, () => {
      const at = this.items().indexOf(document.activeElement as HTMLElement);
      build();
      this.items()[at]?.focus();
    })));
    build();
    this.present(button, panel);
    (panel.querySelector<HTMLElement>('[aria-checked="true"]') ?? this.items()[0])?.focus();
  }

  /** Opens a panel of text instead of choices. */
  showText(button: HTMLElement, name: string, content: readonly Node[]): void {
    if (this.button === button) return this.close(true);
    this.close(false);
    const panel = make("div", "player__menu", { role: "dialog", "aria-label": name, tabindex: -1 }, content);
    this.present(button, panel);
    panel.focus();
  }

  close(restoreFocus: boolean): void {
    if (!this.panel || !this.button) return;
    this.panel.remove();
    this.button.setAttribute("aria-expanded", "false");
    if (restoreFocus) this.button.focus();
    this.panel = null;
    this.button = null;
    this.onClose();
  }

  move(towards: "left" | "right" | "up" | "down"): void {
    if (towards === "left" || towards === "right") return this.close(true);
    const items = this.items();
    const at = items.indexOf(document.activeElement as HTMLElement);
    const step = towards === "down" ? 1 : -1;
    items[(at + step + items.length) % items.length]?.focus();
  }

  contains(node: Node | null): boolean {
    return this.panel !== null && this.panel.contains(node);
  }

  private present(button: HTMLElement, panel: HTMLElement): void {
    this.panel = panel;
    this.button = button;
    button.setAttribute("aria-expanded", "true");
    this.host.append(panel);
  }

  private group(group: Group, rebuild: () => void): HTMLElement {
    const heading = make("h2", "", { "aria-hidden": true }, [group.name]);
    const choices = group.choices.map((choice) => {
      const role = choice.leads ? "menuitem" : "menuitemradio";
      const item = make("button", "player__choice", { type: "button", role, tabindex: -1, "aria-checked": choice.leads ? undefined : String(choice.chosen) }, [this.icons.make("check"), make("bdi", "", {}, [choice.name]), ...(choice.note ? [make("small", "", {}, [choice.note])] : [])]);
      item.addEventListener("click", () => {
        choice.pick();
        if (choice.closes) this.close(true);
        else if (!choice.leads) rebuild();
      });
      return item;
    });
    return make("div", "", { role: "group", "aria-label": group.name }, group.name ? [heading, ...choices] : choices);
  }

  private items(): HTMLElement[] {
    return this.panel ? Array.from(this.panel.querySelectorAll<HTMLElement>(".player__choice, .player__menu a")) : [];
  }
}
