CREATE TABLE IF NOT EXISTS tools (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE CHECK (name <> ''),
    copies INTEGER NOT NULL CHECK (copies BETWEEN 1 AND 20)
);

CREATE TABLE IF NOT EXISTS loans (
    id INTEGER PRIMARY KEY,
    tool INTEGER NOT NULL REFERENCES tools (id),
    member TEXT NOT NULL CHECK (member <> ''),
    day TEXT NOT NULL,
    due TEXT NOT NULL,
    back TEXT
);
