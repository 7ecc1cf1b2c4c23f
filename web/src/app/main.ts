//! Small behaviours of every page; each finds its elements by a data attribute and leaves a page without script whole.

import { submitOnChange } from "./autosubmit";
import { confirmPosts } from "./confirm";
import { dismissFlashes } from "./flash";
import { closeMenus } from "./menu";
import { peekPasswords } from "./peek";
import { rowArrows } from "./rows";

rowArrows(document);
submitOnChange(document);
dismissFlashes(document);
peekPasswords(document);
closeMenus(document);
confirmPosts(document);
