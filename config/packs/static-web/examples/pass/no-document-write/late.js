document.body.append("written");
