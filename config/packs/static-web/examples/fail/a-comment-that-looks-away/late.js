// ast-grep-ignore
document.write("x");
