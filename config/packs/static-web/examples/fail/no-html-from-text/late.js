const box = document.body;
box.innerHTML = location.hash;
box.innerHTML += "<p></p>";
box.innerHTML = `<p>${location.hash}</p>`;
box.insertAdjacentHTML("beforeend", location.hash);
