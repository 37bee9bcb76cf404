"""Reads the database."""

import sqlite3

connection = sqlite3.connect("app.db", check_same_thread=False)
