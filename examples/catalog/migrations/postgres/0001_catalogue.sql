CREATE TABLE products (
    id          BIGINT           GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name        TEXT             NOT NULL,
    description TEXT             NOT NULL,
    price       DOUBLE PRECISION NOT NULL CHECK (price >= 0),
    category    TEXT             NOT NULL,
    in_stock    BOOLEAN          NOT NULL
);

CREATE TABLE users (
    id            BIGINT  PRIMARY KEY,
    username      TEXT    NOT NULL UNIQUE,
    email         TEXT    NOT NULL,
    roles         JSONB   NOT NULL, -- an array
    password_hash TEXT    NOT NULL, -- Argon2id
    seeded        BOOLEAN NOT NULL DEFAULT FALSE
);

CREATE TABLE tokens (
    hash       BYTEA  PRIMARY KEY, -- SHA-256; the token itself is nowhere
    user_id    BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    expires_at BIGINT NOT NULL     -- seconds since 1970
);

CREATE INDEX tokens_by_expiry ON tokens (expires_at);
