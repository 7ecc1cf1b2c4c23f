//! The player page's entry: finds the player on the page and starts it.

import { readPage } from "./page";
import { Player } from "./player";

const page = readPage(document);
document.querySelector(".player__late")?.remove();
if (page) void new Player(page).start();
