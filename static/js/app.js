// The page's behaviour, a module for each, joined to markup by data attributes only. Pages work
// without it; it saves keystrokes and typed words.

import "./theme-choice.js";
import "./dialogs.js";
import "./printing.js";
import "./confirm.js";
import "./send-once.js";
import "./tick-all.js";
import "./counter.js";
import "./rows.js";
import "./pickers.js";
import "./shortcuts.js";
import "./network.js";
import "./session.js";
import "./focus.js";
import "./tabs.js";
// Last: they take the focus, or fill in what the others have prepared.
import "./drafts.js";
import "./errors.js";
