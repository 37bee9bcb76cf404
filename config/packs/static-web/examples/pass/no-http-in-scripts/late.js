const old = "http://example.org/";

fetch("data/a.json").then((answer) => console.log(old, answer.status));
