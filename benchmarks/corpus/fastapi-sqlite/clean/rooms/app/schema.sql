CREATE TABLE IF NOT EXISTS bookings (
    id INTEGER PRIMARY KEY,
    room TEXT NOT NULL,
    starts TEXT NOT NULL,
    ends TEXT NOT NULL,
    who TEXT NOT NULL,
    CHECK (starts < ends)
);
