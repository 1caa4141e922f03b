import { enableCopyButtons } from "./common.js";

enableCopyButtons(document);
