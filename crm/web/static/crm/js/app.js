/* Everything that a page does beyond links and forms. Without this file every page still works. */
import "./time-ago.js";
import "./arrivals.js";
import "./autosave.js";
import "./bulk.js";
import "./cells.js";
import "./combobox.js";
import "./charts.js";
import "./closed.js";
import "./copy.js";
import "./dialogs.js";
import "./drafts.js";
import "./files.js";
import "./filter-input.js";
import "./flow.js";
import "./forms.js";
import "./mail.js";
import "./mentions.js";
import "./palette.js";
import "./recent.js";
import "./search-page.js";
import "./shortcuts.js";
import "./theme.js";
import { toast } from "./toasts.js";

/* A navigation that scrolls sideways on a phone shows where one is. */
for (const current of document.querySelectorAll(":is(.settings-nav, .segments, .tabs) [aria-current]")) {
  const bar = current.closest(".settings-nav, .segments, .tabs");
  if (bar.scrollWidth > bar.clientWidth) current.scrollIntoView({ inline: "center", block: "nearest" });
}

/* The gallery's sample. */
document.querySelector("[data-toast-sample]")?.addEventListener("click", () => toast("Contact created."));
