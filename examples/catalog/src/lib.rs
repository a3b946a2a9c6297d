//! A product catalogue with a database behind it, and the first thing to read.
//!
//! | What you look for | Where it is |
//! |---|---|
//! | Who may call what | `routes.rs` |
//! | How that is decided | `shields.rs`, `attempts.rs` |
//! | What a route does | `handlers.rs` |
//! | Products, users, tokens | `products.rs`, `users.rs`, `passwords.rs` |
//! | What the database is asked, and both databases that answer | `store/`, `migrations/`, `seed/` |
//! | What all of it shares | `app.rs` |

mod app;
mod attempts;
mod handlers;
mod passwords;
mod products;
mod routes;
mod shields;
mod store;
mod users;

pub use app::App;
pub use routes::routes;
pub use shields::api_token;
pub use users::{Role, User, Users};
