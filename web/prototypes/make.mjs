//! Writes every prototype as a plain HTML file beside this script.
import { readFileSync, writeFileSync } from "node:fs";
import * as staff from "./pages/staff.mjs";
import * as viewer from "./pages/viewer.mjs";

const strings = JSON.parse(readFileSync(new URL("../strings.json", import.meta.url), "utf8"));
const pages = {
  landing: viewer.landing, "sign-in": viewer.signIn, "sign-up": viewer.signUp, redeem: viewer.redeem,
  home: viewer.home, title: viewer.title, series: viewer.seriesPage, player: viewer.player(strings.en),
  search: viewer.search, "search-empty": viewer.searchEmpty, account: viewer.account, legal: viewer.legal,
  "error-410": viewer.gone, "error-404": viewer.notFound, "error-451": viewer.territory, "error-402": viewer.payment, "error-500": viewer.failure,
  "admin-titles": staff.adminTitles, "admin-title": staff.adminTitle, "admin-grant-edit": staff.adminGrant,
  "admin-vouchers": staff.adminVouchers, "admin-folders": staff.adminFolders, "admin-jobs": staff.adminJobs, "admin-plays": staff.adminPlays,
};
for (const [name, html] of Object.entries(pages)) writeFileSync(new URL(`${name}.html`, import.meta.url), html);
console.log(`wrote ${Object.keys(pages).length} prototypes`);
