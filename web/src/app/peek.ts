//! A button that shows a password while it is typed and hides it again before the form is sent.

export function peekPasswords(document: Document): void {
  for (const peek of Array.from(document.querySelectorAll<HTMLElement>("[data-peek]"))) {
    const input = peek.querySelector<HTMLInputElement>("input");
    const button = peek.querySelector<HTMLButtonElement>("[data-peek-button]");
    if (!input || !button) continue;
    button.hidden = false;
    const show = (shown: boolean) => {
      input.type = shown ? "text" : "password";
      button.textContent = (shown ? peek.dataset["hide"] : peek.dataset["show"]) ?? "";
      button.setAttribute("aria-pressed", String(shown));
    };
    button.addEventListener("click", () => { show(input.type === "password"); input.focus(); });
    // A shown password would be offered as form history by some browsers.
    input.form?.addEventListener("submit", () => show(false));
  }
}
