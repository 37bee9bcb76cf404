const dialog = document.getElementById("large");
const shown = document.getElementById("shown");

for (const button of document.querySelectorAll("[data-large]")) {
  button.addEventListener("click", () => {
    shown.src = button.dataset.large;
    shown.alt = button.querySelector("img").alt;
    dialog.showModal();
  });
}

document.getElementById("close").addEventListener("click", () => dialog.close());
dialog.addEventListener("click", (event) => {
  if (event.target === dialog) {
    dialog.close();
  }
});
