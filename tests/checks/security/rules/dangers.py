import asyncio
import base64
import functools
import hashlib
import json
import os
import pickle
import random
import secrets
import socket
import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import flask
import httpx
import jwt
import requests
import uvicorn
import yaml
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse, HTMLResponse
from flask import Flask, render_template_string, request
from flask_cors import CORS

app = Flask(__name__)
api = FastAPI()
UPLOADS = Path("uploads")
PATTERN = None


def shell(name, arguments):
    subprocess.run(f"convert {name}", shell=True)  # expect: shell-from-text
    subprocess.check_output("ls " + name, shell=True)  # expect: shell-from-text
    os.system("rm " + name)  # expect: shell-from-text
    os.popen(name)  # expect: shell-from-text
    subprocess.run("ls -l | wc", shell=True)
    os.system("clear")
    os.system("cls" if os.name == "nt" else "clear")
    subprocess.run(["convert", name], check=True)
    subprocess.run(arguments)


async def started(command):
    await asyncio.create_subprocess_shell(command)  # expect: shell-from-text


def code(text, frame):
    eval(text)  # expect: code-from-text
    exec(text, {})  # expect: code-from-text
    frame.eval("a + b")
    json.loads(text)
    eval("1 + 1")


@app.route("/load", methods=["POST"])
def load():
    pickle.loads(request.data)  # expect: unpickled-input
    yaml.load(request.data, yaml.Loader)  # expect: unpickled-input
    return json.loads(request.data)


def session(cookie):
    return pickle.loads(base64.b64decode(cookie))  # expect: unpickled-input


def cached(path):
    return pickle.loads(path.read_bytes())


def servers():
    app.run(debug=True)  # expect: debug-server
    app.run(host="0.0.0.0", port=80)  # expect: bind-everywhere
    uvicorn.run("main:api", reload=True)  # expect: debug-server
    uvicorn.run(api, host="0.0.0.0")  # expect: bind-everywhere
    uvicorn.run(api, host="127.0.0.1", port=8000)
    uvicorn.run(api, host=os.environ.get("HOST", "127.0.0.1"))
    asyncio.run(started("ls"), debug=True)
    max(("", 0), ("a", 1))
    HTTPServer(("", 8000), Handler)  # expect: bind-everywhere
    HTTPServer(("127.0.0.1", 8000), Handler)
    socket.socket().bind(("0.0.0.0", 1))  # expect: bind-everywhere
    threading.Thread(target=app.run).run()


def opened():
    FastAPI(debug=True)  # expect: debug-server
    app.config["DEBUG"] = True  # expect: debug-server
    app.debug = False


def cors(response):
    api.add_middleware(CORSMiddleware, allow_origins=["*"])  # expect: open-cors
    api.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)  # expect: open-cors
    api.add_middleware(CORSMiddleware, allow_origins=["https://example.org"], allow_methods=["*"])
    CORS(app)  # expect: open-cors
    CORS(app, origins="*")  # expect: open-cors
    CORS(app, origins=["https://example.org"])
    response.headers["Access-Control-Allow-Origin"] = "*"  # expect: open-cors
    response.headers["Vary"] = "*"
    return {"Access-Control-Allow-Origin": "*"}  # expect: open-cors


def tls(url):
    requests.get(url, verify=False, timeout=3)  # expect: tls-unverified
    httpx.Client(verify=False)  # expect: tls-unverified
    requests.get(url, timeout=3)
    ssl._create_unverified_context()  # expect: tls-unverified
    context = ssl.create_default_context()
    context.check_hostname = False  # expect: tls-unverified
    context.verify_mode = ssl.CERT_NONE  # expect: tls-unverified


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        with open("static" + self.path) as file:  # expect: path-from-request
            self.wfile.write(file.read().encode())

    def do_HEAD(self):
        self.send_response(200)
        self.send_header("Access-Control-Allow-Origin", "*")  # expect: open-cors


@api.get("/files/{name}")
def file_of(name: str):
    return FileResponse(UPLOADS / name)  # expect: path-from-request


@api.get("/text/{name}")
async def text_of(name: str):
    return (UPLOADS / name).read_text()  # expect: path-from-request


@api.get("/safe/{name}")
def safe_file(name: str):
    path = (UPLOADS / name).resolve()
    if not path.is_relative_to(UPLOADS):
        raise ValueError(name)
    return FileResponse(path)


@api.get("/number/{number}")
def numbered(number: int):
    return FileResponse(UPLOADS / f"{number}.txt")


@app.route("/download")
def download():
    name = request.args.get("name")
    return flask.send_file(os.path.join("files", name))  # expect: path-from-request


@app.route("/base")
def base():
    return flask.send_file(UPLOADS / os.path.basename(request.args["name"]))


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


@api.get("/hello", response_class=HTMLResponse)
def hello(name: str):
    return HTMLResponse(f"<h1>Hello {name}</h1>")  # expect: html-from-request


@app.route("/greet")
def greet():
    return render_template_string("<p>" + request.args.get("name", "") + "</p>")  # expect: html-from-request


@app.route("/hi/<name>")
def hi(name):
    return f"<h1>{name}</h1>"  # expect: html-from-request


@app.route("/ok/<name>")
def ok(name):
    return f"<h1>{flask.escape(name)}</h1>"


@app.route("/plain")
def plain():
    return flask.render_template("plain.html", name=request.args.get("name"))


def hash_password(password: str) -> str:
    return hashlib.sha256(password.encode()).hexdigest()  # expect: password-hash


def check(user, password):
    return user.digest == hashlib.md5(password.encode()).hexdigest()  # expect: password-hash


def scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=16384, r=8, p=1)


def etag(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def make_token():
    return "".join(random.choice("abc") for _ in range(20))  # expect: token-from-random


def invite():
    token = random.randint(0, 999999)  # expect: token-from-random
    dice = random.randint(1, 6)
    secret_number = random.randint(1, 100)
    secret = random.choice(["apple", "pear"])
    fine = secrets.token_hex(16)
    return token, dice, fine, secret, secret_number


class Session:
    def renew(self):
        self.token = random.choice("abc")  # expect: token-from-random
        self.password = str(random.Random().random())  # expect: token-from-random
        self.colour = random.choice("abc")


def through_a_shell(name):
    subprocess.Popen(["sh", "-c", "ls " + name])  # expect: shell-from-text
    subprocess.run(("/bin/bash", "-lc", f"ls {name}"), check=True)  # expect: shell-from-text
    run = functools.partial(subprocess.run, shell=True)  # expect: shell-from-text
    subprocess.run(["sh", "-c", 'ls "$1"', "sh", name])
    subprocess.run(["git", "-c", name, "status"])
    return run, functools.partial(subprocess.run, check=True)


def keys():
    app.secret_key = "a-key-in-the-text"  # expect: secret-key-in-text
    app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]


def claims(token, key):
    jwt.decode(token, options={"verify_signature": False})  # expect: token-unverified
    return jwt.decode(token, key, algorithms=["HS256"])
