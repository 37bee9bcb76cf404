fetch("http://example.org/a.json").then((answer) => console.log(answer.status));
