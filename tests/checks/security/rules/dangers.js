const list = document.querySelector("#list");
const child_process = require("child_process");
const cors = require("cors");
const fs = require("fs");
const path = require("path");
const { execFile } = require("child_process");

function render(item) {
  list.innerHTML = `<li>${item.name}</li>`; // expect: js-html-from-text
  list.innerHTML += "<li>" + item.name + "</li>"; // expect: js-html-from-text
  list.insertAdjacentHTML("beforeend", `<li>${item.name}</li>`); // expect: js-html-from-text
  list.innerHTML = "";
  list.innerHTML = "<p>Nothing here yet</p>";
  list.innerHTML = `<li>${escapeHtml(item.name)}</li>`;
  list.textContent = item.name;
}

const show = (items) => {
  list.innerHTML = items.map((item) => `<li>${item.name}</li>`).join(""); // expect: js-html-from-text
  list.innerHTML = items.map((item) => `<li>${escapeHtml(item.name)}</li>`).join("");
  list.innerHTML = `${items.length} items`;
};

document.querySelector("form").addEventListener("submit", () => {
  const text = document.querySelector("input").value;
  list.innerHTML = text; // expect: js-html-from-text
  document.write(location.hash); // expect: js-html-from-text
});

const WEEK = ["Mon", "Tue"];
list.innerHTML = WEEK.map((day) => `<th>${day}</th>`).join("");

fetch("/items").then((response) => response.json()).then((items) => {
  list.innerHTML = items[0].title; // expect: js-html-from-text
});

function code(text) {
  eval(text); // expect: js-code-from-text
  new Function("return " + text)(); // expect: js-code-from-text
  setTimeout("go()", 10); // expect: js-code-from-text
  setTimeout(() => text, 10);
  JSON.parse(text);
  /a(b)/.exec(text);
}

function tell(frame, message) {
  frame.contentWindow.postMessage(message, "*"); // expect: js-message-to-anybody
  frame.contentWindow.postMessage(message, window.location.origin);
}

function run(name, pattern) {
  child_process.exec(`convert ${name}`); // expect: js-shell-from-text
  child_process.execSync("convert " + name); // expect: js-shell-from-text
  child_process.exec("ls");
  execFile("convert", [name]);
  pattern.exec("a" + name);
}

async function find(db, name, sql) {
  await db.query(`SELECT * FROM users WHERE name = '${name}'`); // expect: js-sql-from-text
  const query = "SELECT * FROM users WHERE name = '" + name + "'";
  await db.all(query); // expect: js-sql-from-text
  await db.query("SELECT * FROM users WHERE name = ?", [name]);
  await db.get(sql`SELECT * FROM users WHERE name = ${name}`);
  return cache.get(`user:${name}`);
}

function serve(app, response) {
  app.use(cors()); // expect: js-open-cors
  app.use(cors({ origin: "*" })); // expect: js-open-cors
  app.use(cors({ origin: "https://example.org" }));
  response.setHeader("Access-Control-Allow-Origin", "*"); // expect: js-open-cors
  response.setHeader("Vary", "*");
}

const agent = { rejectUnauthorized: false }; // expect: js-tls-unverified

function download(req, res) {
  fs.readFile("files/" + req.params.name, () => {}); // expect: js-path-from-request
  res.sendFile(path.join(__dirname, req.query.file)); // expect: js-path-from-request
  fs.readFile(path.join("files", path.basename(req.params.name)), () => {});
  fs.readFile("files/index.html", () => {});
}
