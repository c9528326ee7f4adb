/* Files for the record of the page: dropped on it, pasted, or chosen with a [data-choose-files] button. Each is sent as
   the body of a request of its own, with its progress; the live region shows it when it is there. A composer keeps the
   files that it was given until its note is saved, and attaches them to the note. */
import { texts, toast } from "./toasts.js";

const place = document.querySelector("[data-files]");
const input = place?.querySelector("[data-file-input]");
const kept = new Map();
let asker = null;

const composerOf = (element) => element?.closest?.("form.composer");
const filesOf = (data) => [...(data?.files ?? [])];

function take(files, composer) {
  for (const file of files) {
    if (file.size > Number(place.dataset.most)) toast(place.dataset.tooLarge.replace("{name}", file.name), "error");
    else if (composer) keep(composer, file);
    else upload(file, place.dataset.files);
  }
}

function row(file, parent) {
  const part = place.querySelector("[data-upload-part]").content.firstElementChild.cloneNode(true);
  part.querySelector("[data-name]").textContent = file.name;
  parent.append(part);
  return part;
}

/** Send one file; the promise is kept when it is attached. */
function upload(file, about) {
  const part = row(file, place);
  const bar = part.querySelector("progress");
  const request = new XMLHttpRequest();
  const query = new URLSearchParams(about);
  query.set("filename", file.name || "image.png");
  request.open("POST", `${place.dataset.url}?${query}`);
  request.setRequestHeader("Content-Type", "application/octet-stream");
  request.setRequestHeader("X-Enhance", "region");
  request.setRequestHeader("X-CSRFToken", document.querySelector("meta[name=csrf-token]")?.content ?? "");
  request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) bar.value = event.loaded / event.total; });
  part.querySelector("[data-cancel]").addEventListener("click", () => request.abort());
  request.addEventListener("loadend", () => {
    part.remove();
    finish(request, file);
  });
  request.send(file);
}

function finish(request, file) {
  const named = (text) => text.replace("{name}", file.name);
  if (request.status === 200) {
    toast(named(place.dataset.done));
    if (document.documentElement.dataset.connection !== "live") location.reload();
  } else if (request.status) {
    toast(told(request.responseText) || named(place.dataset.failed), "error");
  } else if (navigator.onLine === false) {
    toast(texts.network, "error");
  }
}

function told(body) {
  try {
    return Object.values(JSON.parse(body).errors ?? {}).flat().join(" ");
  } catch {
    return "";
  }
}

/* A note's files */

function keep(composer, file) {
  const list = composer.querySelector("[data-kept]");
  const part = row(file, list);
  part.querySelector("progress").remove();
  kept.set(part, file);
  part.querySelector("[data-cancel]").addEventListener("click", () => { kept.delete(part); part.remove(); });
}

document.addEventListener("form:sent", ({ detail: { form, data } }) => {
  if (!form.matches("form.composer") || !data.id) return;
  for (const part of form.querySelectorAll("[data-kept] .upload")) {
    upload(kept.get(part), `activity_id=${data.id}`);
    kept.delete(part);
    part.remove();
  }
});

if (place) {
  document.addEventListener("click", (event) => {
    const chooser = event.target.closest("[data-choose-files]");
    if (!chooser) return;
    asker = composerOf(chooser);
    input.click();
  });
  input.addEventListener("change", () => {
    take([...input.files], asker);
    input.value = "";
  });
  document.addEventListener("paste", (event) => {
    const files = filesOf(event.clipboardData);
    if (!files.length) return;
    event.preventDefault();
    take(files, composerOf(event.target));
  });
  const carries = (event) => event.dataTransfer?.types.includes("Files");
  let depth = 0;
  const mark = (change) => {
    depth = Math.max(0, depth + change);
    place.classList.toggle("is-target", depth > 0);
  };
  document.addEventListener("dragenter", (event) => { if (carries(event)) mark(1); });
  document.addEventListener("dragleave", (event) => { if (carries(event)) mark(-1); });
  document.addEventListener("dragover", (event) => { if (carries(event)) event.preventDefault(); });
  document.addEventListener("drop", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    mark(-depth);
    take(filesOf(event.dataTransfer), composerOf(event.target));
  });
}
