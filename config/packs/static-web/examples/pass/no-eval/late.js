const sum = JSON.parse("[1, 2]");
setTimeout(() => console.log(sum), 10);
