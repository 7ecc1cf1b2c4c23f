//! Which key does what, by where the focus is: a keyboard and a remote's four arrows share these rules.

/** "stage" is the picture itself, "bar" the buttons under it, "seek" the position slider, "top" the back link, "panel" a menu, card or message. */
export type Zone = "stage" | "bar" | "seek" | "top" | "panel";

export type Command =
  | { readonly do: "toggle" | "mute" | "fullscreen" | "subtitles" | "next" | "escape" | "enter" }
  | { readonly do: "seek" | "volume"; readonly by: number }
  | { readonly do: "jump"; readonly to: number }
  | { readonly do: "chapter"; readonly by: 1 | -1 }
  | { readonly do: "focus"; readonly towards: "left" | "right" | "up" | "down" };

export interface Key {
  readonly key: string;
  readonly shift: boolean;
  readonly modified: boolean;
}

export function commandFor({ key, shift, modified }: Key, zone: Zone): Command | null {
  if (modified) return null;
  return arrow(key, shift, zone) ?? (zone === "panel" ? panelKey(key) : plainKey(key, zone));
}

function arrow(key: string, shift: boolean, zone: Zone): Command | null {
  const towards = ({ ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" } as const)[key];
  if (!towards) return null;
  if (zone === "bar" || zone === "top" || zone === "panel") return { do: "focus", towards };
  if (towards === "left" || towards === "right") {
    const step = shift ? 5 : 10;
    return { do: "seek", by: towards === "left" ? -step : step };
  }
  if (zone === "seek") return { do: "focus", towards };
  return { do: "volume", by: towards === "up" ? 0.1 : -0.1 };
}

/** A menu keeps its own keys: only leaving it is ours. */
function panelKey(key: string): Command | null {
  return key === "Escape" || key === "GoBack" ? { do: "escape" } : null;
}

function plainKey(key: string, zone: Zone): Command | null {
  // Space and Enter press the button that has the focus; taking them would press it twice.
  const pressesButton = zone === "bar" || zone === "top";
  if (key === " ") return pressesButton ? null : { do: "toggle" };
  if (key === "Enter") return zone === "stage" ? { do: "enter" } : null;
  if (/^[0-9]$/.test(key)) return { do: "jump", to: Number(key) / 10 };
  switch (key.toLowerCase()) {
    case "k":
    case "mediaplaypause":
      return { do: "toggle" };
    case "m":
      return { do: "mute" };
    case "f":
      return { do: "fullscreen" };
    case "c":
      return { do: "subtitles" };
    case "n":
    case "mediatracknext":
      return { do: "next" };
    case "pagedown":
      return { do: "chapter", by: 1 };
    case "pageup":
      return { do: "chapter", by: -1 };
    case "mediarewind":
      return { do: "seek", by: -10 };
    case "mediafastforward":
      return { do: "seek", by: 10 };
    case "escape":
    case "goback":
      return { do: "escape" };
    default:
      return null;
  }
}
