CREATE TABLE IF NOT EXISTS polls (
    id INTEGER PRIMARY KEY,
    question TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS choices (
    poll INTEGER NOT NULL REFERENCES polls (id),
    position INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (poll, position)
);
CREATE TABLE IF NOT EXISTS votes (
    poll INTEGER NOT NULL,
    voter TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (poll, voter),
    FOREIGN KEY (poll, position) REFERENCES choices (poll, position)
);
