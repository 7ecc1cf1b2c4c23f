//! Behaviours of the staff's pages: live lists and uploads.

import { keepLive } from "./live";
import { wireUploads } from "./upload";

keepLive(document);
wireUploads(document);
