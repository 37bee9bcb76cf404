CREATE TABLE IF NOT EXISTS lockers (
    number INTEGER PRIMARY KEY,
    size TEXT NOT NULL CHECK (size IN ('small', 'large'))
);

CREATE TABLE IF NOT EXISTS rentals (
    id INTEGER PRIMARY KEY,
    locker INTEGER NOT NULL REFERENCES lockers (number),
    guest TEXT NOT NULL,
    size TEXT NOT NULL,
    minute INTEGER NOT NULL,
    ended INTEGER
);
