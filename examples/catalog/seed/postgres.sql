-- What a new database holds in development. The users' passwords are NAME_password, their tokens NAME_token; both are
-- stored as always: as Argon2id and SHA-256 hashes.

INSERT INTO products (name, description, price, category, in_stock) VALUES
    ('Laptop', 'A light laptop with 16 GB of memory', 999.99, 'electronics', TRUE),
    ('Headphones', 'Wireless headphones that keep the noise out', 199.5, 'electronics', TRUE),
    ('Coffee Maker', 'Brews eight cups and keeps them warm', 79.99, 'kitchen', TRUE),
    ('Desk Lamp', 'A lamp with three levels of brightness', 34.95, 'office', FALSE),
    ('Backpack', 'Holds a laptop and the things of a day', 59.0, 'travel', TRUE);

INSERT INTO users (id, username, email, roles, seeded, password_hash) VALUES
    (1, 'admin', 'admin@example.com', '["admin","user"]', TRUE,
     '$argon2id$v=19$m=19456,t=2,p=1$jqh21jKpbUQsJ0clQl8O6Q$VA+x7hibcxFCskqllBWlqeZRMZoHwnwwOQaf8CKKgY4'),
    (2, 'user1', 'user1@example.com', '["user"]', TRUE,
     '$argon2id$v=19$m=19456,t=2,p=1$QrkNIQnKukipCP+HpzLd7w$G+bl6QKX6Dowgp74oQHsmWYHr5bFEOIGCL7rW8r/8m0'),
    (3, 'guest', 'guest@example.com', '["guest"]', TRUE,
     '$argon2id$v=19$m=19456,t=2,p=1$pHY8CtBCg/f4E15Fy/yp1A$ytKNNjFKu9otIawEX31sMtrAEQLIOSgvIwKPUUp5yfU');

INSERT INTO tokens (user_id, hash, expires_at) VALUES -- 9999-12-31T23:59:59Z
    (1, '\xed626e10cfbe5c3e0b3d70ba2b333a0f7a0ae2ee121ad3818468bf6bd10e2be9', 253402300799),
    (2, '\xa67bd5ae6ffcc0f5b6a595807dc001e736ba8384484e9cf15b40420b098262ef', 253402300799),
    (3, '\x3fa084bfb083db520d7624e34d2d0ea911374d3e923261ca668dd84f62ce6a13', 253402300799);
