//! The account menu is a plain details element; this closes it on Esc and on a press elsewhere.

export function closeMenus(document: Document): void {
  const menus = Array.from(document.querySelectorAll<HTMLDetailsElement>("details[data-menu]"));
  document.addEventListener("click", (event) => {
    for (const menu of menus) if (event.target instanceof Node && !menu.contains(event.target)) menu.open = false;
  });
  for (const menu of menus) {
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      menu.open = false;
      menu.querySelector("summary")?.focus();
    });
  }
}
