document.write("<p>written</p>");
