import argparse
import sqlite3
import sys
from flask import request
TABLE = "users"
COLUMNS = {"name": "name", "age": "age"}
ALLOWED = ("name", "age")

def bad1(db, name):
    return db.execute(f"SELECT * FROM users WHERE name = '{name}'")  # expect: sql-from-text

def bad2(db, name):
    sql = "SELECT * FROM users WHERE name = '%s'" % name
    return db.execute(sql)  # expect: sql-from-text

def bad3(db, name: str):
    sql = "SELECT * FROM users WHERE name = '" + name + "'"
    return db.cursor().execute(sql)  # expect: sql-from-text

def bad4(db, name="x"):
    return db.execute("SELECT * FROM users WHERE name = '{}'".format(name))  # expect: sql-from-text

def bad5(db, data):
    query = "SELECT * FROM users"
    query += f" WHERE name = '{data['name']}'"
    return db.execute(query)  # expect: sql-from-text

def bad6(db):
    name = request.args.get("name")
    return db.execute(f"SELECT * FROM users WHERE name = '{name}'")  # expect: sql-from-text

def bad7(db, order: str = "name"):
    return db.execute(f"SELECT * FROM users ORDER BY {order}")  # expect: sql-from-text

class Repo:
    def __init__(self, db):
        self.db = db
        self.table = "users"

    def bad8(self, name: str):
        return self.db.execute(f"SELECT * FROM {self.table} WHERE name = '{name}'")  # expect: sql-from-text

    def ok1(self, name: str):
        return self.db.execute(f"SELECT * FROM {self.table} WHERE name = ?", (name,))

async def bad9(db, q: str):
    await db.execute("SELECT * FROM t WHERE a LIKE '%" + q + "%'")  # expect: sql-from-text

def bad10():
    connection = sqlite3.connect("x.db")
    connection.execute("DELETE FROM t WHERE a = " + sys.argv[1])  # expect: sql-from-text

def bad11(db, note):
    db.execute(f"INSERT INTO t VALUES ('{note.title}')")  # expect: sql-from-text

def ok2(db, ids):
    marks = ",".join("?" * len(ids))
    return db.execute(f"SELECT * FROM t WHERE id IN ({marks})", ids)

def ok3(db, ids):
    marks = ", ".join("?" for _ in ids)
    return db.execute(f"SELECT * FROM t WHERE id IN ({marks})", ids)

def ok4(db, ids: list[int]):
    return db.execute(f"SELECT * FROM t WHERE id IN ({','.join(['?'] * len(ids))})", ids)

def ok5(db, changes, note_id):
    assignments = ", ".join(f"{column} = ?" for column in changes)
    db.execute(f"UPDATE t SET {assignments} WHERE id = ?", (*changes.values(), note_id))

def ok6(db, order):
    return db.execute(f"SELECT * FROM t ORDER BY {COLUMNS[order]}")

def ok7(db, order):
    if order not in ALLOWED:
        raise ValueError(order)
    return db.execute(f"SELECT * FROM t ORDER BY {order}")

def ok8(db, limit: int, offset: int = 0):
    return db.execute(f"SELECT * FROM t LIMIT {limit} OFFSET {offset}")

def ok9(db, name=None, done=None):
    sql = f"SELECT * FROM {TABLE}"
    clauses, values = [], []
    if name:
        clauses.append("name = ?")
        values.append(name)
    if done is not None:
        clauses.append("done = ?")
        values.append(int(done))
    if clauses:
        sql += " WHERE " + " AND ".join(clauses)
    return db.execute(sql, values).fetchall()

def ok10(db, sql, parameters=()):
    return db.execute(sql, parameters)

def ok11(db, descending):
    direction = "DESC" if descending else "ASC"
    return db.execute(f"SELECT * FROM t ORDER BY id {direction}")

def ok12(db, order):
    column = {"a": "alpha", "b": "beta"}.get(order, "alpha")
    return db.execute(f"SELECT * FROM t ORDER BY {column}")

def ok13(db, fields: dict, note_id: int):
    sets = []
    values = []
    for key, value in fields.items():
        if key in ALLOWED:
            sets.append(f"{key} = ?")
            values.append(value)
    db.execute("UPDATE t SET " + ", ".join(sets) + " WHERE id = ?", [*values, note_id])

def ok14(db, page, size):
    return db.execute(f"SELECT * FROM t LIMIT {int(size)} OFFSET {(int(page) - 1) * int(size)}")

def ok15(path, db):
    db.executescript(open(path).read())

def ok16(pool, name):
    return pool.execute("SELECT 1 WHERE a = " "?", (name,))

def ok17(self_db, term):
    like = f"%{term}%"
    return self_db.execute("SELECT * FROM t WHERE a LIKE ?", (like,))

def ok18(db, order):
    columns = {"a": "alpha", "b": "beta"}
    column = columns[order]
    return db.execute(f"SELECT * FROM t ORDER BY {column}")

def ok19(db, sort):
    column = sort if sort in ALLOWED else "name"
    return db.execute(f"SELECT * FROM t ORDER BY {column}")

def ok20(executor, command):
    executor.execute("run " + command.name)

def bad12():
    args = argparse.ArgumentParser().parse_args()
    sqlite3.connect("x.db").execute("DELETE FROM t WHERE a = '" + args.name + "'")  # expect: sql-from-text

def bad13(db, text):
    parts = ["SELECT * FROM t WHERE a = '", text, "'"]
    statement = "".join(parts)
    return db.execute(statement)  # expect: sql-from-text

def bad14(db, text):
    return db.execute("".join(("SELECT * FROM t WHERE a = '", text, "'")))  # expect: sql-from-text

def bad15(db, text):
    statement = "SELECT * FROM t WHERE a = '$'"
    statement = statement.replace("$", text)
    return db.execute(statement)  # expect: sql-from-text

def bad16(db, text):
    return db.execute(str.format("SELECT * FROM t WHERE a = '{}'", text))  # expect: sql-from-text

def bad17(db, text):
    return db.execute("SELECT * FROM t WHERE a = '{a}'".format_map({"a": text}))  # expect: sql-from-text

def ok21():
    args = argparse.ArgumentParser().parse_args()
    db = sqlite3.connect(args.database)
    db.executescript(args.schema.read_text())
    db.execute("SELECT * FROM t WHERE a = ?", [args.name, "from"])

def ok22(db, done):
    clauses = ["a = ?", "b = ?"]
    statement = "SELECT * FROM t WHERE " + " AND ".join(clauses)
    return db.execute(statement, [done.replace("and", "or"), 1])

def ok23(db, sql, values):
    return db.execute(sql.replace("%s", "?"), values)
