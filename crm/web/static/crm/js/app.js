/* Everything that a page does beyond links and forms. Without this file every page still works. */
import "./time-ago.js";
import "./autosave.js";
import "./closed.js";
import "./copy.js";
import "./dialogs.js";
import "./forms.js";
import "./shortcuts.js";
import "./theme.js";
import "./toasts.js";
