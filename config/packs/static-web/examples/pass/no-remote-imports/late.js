import { next } from "./counting.js";

console.log(next("1"));
