//! Forms with a single choice go off by themselves when it changes.

export function submitOnChange(document: Document): void {
  for (const form of Array.from(document.querySelectorAll<HTMLFormElement>("form[data-autosubmit]"))) {
    const choice = form.querySelector<HTMLSelectElement>("[data-submit]");
    const button = form.querySelector<HTMLButtonElement>("button[type=submit]");
    if (!choice) continue;
    if (button) button.hidden = true;
    // Only a deliberate change counts: arrow keys on a closed select would submit at each step, so they wait for the blur or Enter.
    let byKey = false;
    choice.addEventListener("keydown", (event) => { byKey = event.key.startsWith("Arrow") || event.key.length === 1; if (event.key === "Enter") form.submit(); });
    choice.addEventListener("pointerdown", () => { byKey = false; });
    choice.addEventListener("change", () => { if (!byKey) form.submit(); });
    choice.addEventListener("blur", () => { if (byKey && choice.value !== initial(choice)) form.submit(); });
  }
}

function initial(choice: HTMLSelectElement): string {
  return Array.from(choice.options).find((option) => option.defaultSelected)?.value ?? "";
}
