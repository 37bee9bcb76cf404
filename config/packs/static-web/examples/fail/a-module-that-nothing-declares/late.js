import { html } from "lit";

console.log(html, await import("@scope/name/part.js"));
