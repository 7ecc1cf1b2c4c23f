//! Sends files one after the other, each with its own bar and the server's own sentence at the end.

interface Line {
  readonly bar: HTMLProgressElement;
  readonly state: HTMLElement;
}

export function wireUploads(document: Document): void {
  for (const form of Array.from(document.querySelectorAll<HTMLFormElement>("form[data-upload]"))) wire(document, form);
}

function wire(document: Document, form: HTMLFormElement): void {
  const input = form.querySelector<HTMLInputElement>("input[type=file]");
  const list = form.querySelector<HTMLElement>("[data-upload-list]");
  if (!input || !list) return;
  let queue: Promise<void> = Promise.resolve();
  const send = (files: FileList | null | undefined) => {
    for (const file of Array.from(files ?? [])) {
      const line = addLine(document, list, file.name);
      // One file that can't be sent at all must not keep the others from going.
      queue = queue.then(() => put(form, file, line)).catch(() => { line.state.textContent = form.dataset["failed"] ?? ""; });
    }
  };
  input.addEventListener("change", () => { send(input.files); input.value = ""; });
  form.addEventListener("submit", (event) => { event.preventDefault(); send(input.files); input.value = ""; });
  form.addEventListener("dragover", (event) => { event.preventDefault(); form.classList.add("drop--over"); });
  form.addEventListener("dragleave", () => form.classList.remove("drop--over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("drop--over");
    send(event.dataTransfer?.files);
  });
}

function put(form: HTMLFormElement, file: File, line: Line): Promise<void> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    // getAttribute: a field named "action" would hide the form's own property.
    request.open("PUT", uploadUrl(form.getAttribute("action") ?? "", file.name));
    request.setRequestHeader("X-Requested-With", "cineclub");
    request.setRequestHeader("X-CSRF", form.dataset["csrf"] ?? "");
    request.setRequestHeader("Content-Type", "application/octet-stream");
    line.state.textContent = form.dataset["sending"] ?? "";
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      line.bar.max = event.total;
      line.bar.value = event.loaded;
    });
    const finish = (sentence: string, good: boolean) => {
      line.state.textContent = sentence;
      if (good) line.bar.value = line.bar.max;
      resolve();
    };
    request.addEventListener("load", () => {
      const good = request.status >= 200 && request.status < 300;
      finish(sentenceOf(request.responseText) ?? (good ? "✓" : (form.dataset["failed"] ?? "")), good);
    });
    request.addEventListener("error", () => finish(form.dataset["failed"] ?? "", false));
    request.addEventListener("abort", () => finish(form.dataset["failed"] ?? "", false));
    request.send(file);
  });
}

export function uploadUrl(action: string, name: string): string {
  return `${action.replace(/\/+$/, "")}/${encodeURIComponent(name)}`;
}

/** The sentence in the server's answer: what it says of a file it took, or the title of a problem (RFC 9457 §3.1.3). */
export function sentenceOf(body: string): string | null {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed !== "object" || parsed === null) return null;
    const { detail, title } = parsed as Record<string, unknown>;
    const sentence = detail ?? title;
    return typeof sentence === "string" && sentence ? sentence : null;
  } catch {
    return null;
  }
}

function addLine(document: Document, list: HTMLElement, name: string): Line {
  const label = document.createElement("span");
  label.textContent = name;
  const state = document.createElement("span");
  const words = document.createElement("div");
  words.className = "drop__line";
  words.append(label, state);
  const bar = document.createElement("progress");
  bar.className = "bar bar--job";
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", name);
  const item = document.createElement("li");
  item.append(words, bar);
  list.append(item);
  return { bar, state };
}
