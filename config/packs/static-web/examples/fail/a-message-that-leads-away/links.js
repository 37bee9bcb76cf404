function follow(target) {
  window.location.assign(target);
}

window.addEventListener("message", (event) => {
  const target = event.data.target;
  document.querySelector("iframe").src = target;
});

const part = location.hash.slice(1);
import(`./parts/${part}.js`).then(() => follow("index.html"));
