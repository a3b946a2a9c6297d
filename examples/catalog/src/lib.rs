//! A product catalogue with a database behind it, and the first thing to read.
//!
//! | What you look for | Where it is |
//! |---|---|
//! | Who may call what | `routes.rs` |
//! | How that is decided | `shields.rs`, `attempts.rs` |
//! | What a route does | `handlers.rs` |
//! | Products, users and tokens in the database | `products.rs`, `users.rs`, `passwords.rs` |
//! | Opening, migrating and seeding the database | `app.rs`, `database.rs`, `migrations/`, `seed.sql` |

mod app;
mod attempts;
mod database;
mod handlers;
mod passwords;
mod products;
mod routes;
mod shields;
mod users;

pub use app::App;
pub use routes::routes;
pub use shields::api_token;
pub use users::{Role, User, Users};
