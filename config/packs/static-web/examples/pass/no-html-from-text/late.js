const box = document.body;
box.innerHTML = "<p>Loading</p>";
box.textContent = location.hash;
box.innerHTML = `<p>Loading</p>`;
