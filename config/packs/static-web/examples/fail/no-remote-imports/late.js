import { next } from "https://cdn.example.org/counting.js";

console.log(next("1"));
