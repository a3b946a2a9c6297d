CREATE TABLE products (
    id          INTEGER PRIMARY KEY AUTOINCREMENT, -- the number of a deleted product is not given out again
    name        TEXT    NOT NULL,
    description TEXT    NOT NULL,
    price       REAL    NOT NULL CHECK (price >= 0),
    category    TEXT    NOT NULL,
    in_stock    INTEGER NOT NULL
) STRICT;

CREATE TABLE users (
    id            INTEGER PRIMARY KEY,
    username      TEXT    NOT NULL UNIQUE,
    email         TEXT    NOT NULL,
    roles         TEXT    NOT NULL, -- a JSON array
    password_hash TEXT    NOT NULL, -- Argon2id
    seeded        INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE tokens (
    hash       BLOB    PRIMARY KEY, -- SHA-256; the token itself is nowhere
    user_id    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    expires_at INTEGER NOT NULL     -- seconds since 1970
) STRICT;

CREATE INDEX tokens_by_expiry ON tokens (expires_at);
