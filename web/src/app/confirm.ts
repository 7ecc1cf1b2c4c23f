//! A question before a post that can't be taken back. It listens on the document, so fragments swapped in later are covered.

export function confirmPosts(document: Document): void {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement)) return;
    const question = form.dataset["confirm"];
    if (!question || form.dataset["confirmed"] === "yes") return;
    event.preventDefault();
    const submitter = event.submitter;
    const kind = submitter?.classList.contains("button--danger") ? "danger" : "primary";
    ask(document, form, question, kind, () => {
      form.dataset["confirmed"] = "yes";
      if (form.isConnected && form.requestSubmit) form.requestSubmit(submitter instanceof HTMLElement && submitter.isConnected ? submitter : null);
      else sendDetached(document, form);
    });
  });
}

function ask(document: Document, form: HTMLFormElement, question: string, kind: "danger" | "primary", yes: () => void): void {
  const text = document.createElement("p");
  text.textContent = question;
  text.id = "confirm-question";
  const accept = button(document, form.dataset["confirmYes"] ?? "OK", `button button--${kind}`);
  const leave = button(document, form.dataset["confirmNo"] ?? "Cancel", "button");
  const actions = document.createElement("div");
  actions.className = "form__actions";
  actions.append(accept, leave);
  const dialog = document.createElement("dialog");
  if (typeof dialog.showModal !== "function") {
    if (window.confirm(question)) yes();
    return;
  }
  dialog.className = "dialog";
  dialog.setAttribute("aria-labelledby", text.id);
  dialog.append(text, actions);
  accept.addEventListener("click", () => { dialog.close(); yes(); });
  leave.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  leave.focus();
}

function button(document: Document, label: string, className: string): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = className;
  made.textContent = label;
  return made;
}

/** A live list may have swapped the form away while the question stood open; browsers submit only connected forms. */
function sendDetached(document: Document, form: HTMLFormElement): void {
  form.hidden = true;
  document.body.append(form);
  form.submit();
}
