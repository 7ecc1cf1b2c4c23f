//! Behaviours of the staff's pages: live lists, uploads, and the tab one is on in sight.

import { keepLive } from "./live";
import { wireUploads } from "./upload";

keepLive(document);
wireUploads(document);
// On a narrow screen the tabs scroll; the one of this page may lie beyond the edge.
document.querySelector(".studio__nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
