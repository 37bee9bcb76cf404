CREATE TABLE IF NOT EXISTS readings (
    sensor TEXT NOT NULL,
    at INTEGER NOT NULL,
    value REAL NOT NULL,
    PRIMARY KEY (sensor, at)
) WITHOUT ROWID;
