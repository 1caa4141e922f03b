import { copying } from "./common.js";

copying(document);
