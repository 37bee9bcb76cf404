const sum = eval("1 + 2");
setTimeout("console.log(1)", 10);
console.log(new Function("return 1")(), sum);
