"""A small site with Flask."""

import os
from pathlib import Path

from flask import Flask, abort, redirect, render_template, request, send_file, session, url_for

UPLOADS = Path("uploads").resolve()
app = Flask(__name__)
app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]


@app.route("/")
def index():
    return render_template("index.html", name=request.args.get("name", "you"))


@app.route("/login", methods=["POST"])
def login():
    password = request.form["password"]
    if not password:
        abort(400)
    session["user"] = request.form["user"]
    return redirect(url_for("index"))


@app.route("/files/<name>")
def download(name):
    path = (UPLOADS / name).resolve()
    if not path.is_relative_to(UPLOADS):
        abort(404)
    return send_file(path)


@app.errorhandler(404)
def missing(error):
    return "<h1>Not found</h1>", 404


if __name__ == "__main__":
    app.run()
