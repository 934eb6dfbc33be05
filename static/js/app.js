// Everything here listens on the document, so that fragments swapped in later need no set-up.
import "./toast.js";
import "./dialog.js";
import "./menus.js";
import "./tabs.js";
import "./submit-once.js";
import "./poll.js";
import "./typed.js";
import "./session.js";
import "./file-drop.js";
import "./filters.js";
import "./search.js";
import "./install.js";
import "./chart.js";
