//! User names and passwords in every request: HTTP's Basic scheme (RFC 7617), in UTF-8.
//!
//! 1. The field `Authorization` is read strictly. Without one, or with one of another scheme, a name and password
//!    are missing; one that is there twice or is malformed is refused.
//! 2. The name, in Unicode's form NFC, is looked up by [`Users`]. What cannot be looked up is a failure.
//! 3. The password, in NFC too, is verified with Argon2id (RFC 9106), off the threads that serve requests and a few at
//!    a time. Past the queue it is a failure, `503`: nobody passes because there is too much to do.
//! 4. For a name that nobody has, the same work is done, on a hash that nothing fits.
//!
//! Every refusal is the same `401`, with `WWW-Authenticate: Basic realm="..", charset="UTF-8"`.
//!
//! ```toml
//! [basic.staff]
//! realm = "staff"
//! memory = "19MiB"
//! iterations = 2
//! ```
//!
//! # Caveats
//!
//! Every request has the password in it: TLS in front is not optional. And each costs the work of a hash: for people who
//! stay, a session is the better thing. A limit of attempts belongs in front of this shield.
//!
//! A hash with other parameters takes another time, so a user whose hash is an old one can be told from others until
//! the hash is renewed; and so can one that [`Users::find`] takes longer to find.
//!
//! ```
//! use testudo::{BoxError, prelude::*};
//! use testudo_shields::basic::{Basic, BasicSettings, Hash, Users, basic};
//!
//! /// What is known of a user.
//! #[derive(Clone)]
//! struct Staff {
//!     desk: u32,
//! }
//!
//! /// Here a single one; else a database.
//! #[derive(Clone)]
//! struct Register(Hash);
//!
//! impl Users for Register {
//!     type User = Staff;
//!     type Error = BoxError;
//!
//!     async fn find(&self, name: &str) -> Result<Option<(Hash, Staff)>, BoxError> {
//!         Ok((name == "ann").then(|| (self.0.clone(), Staff { desk: 7 })))
//!     }
//! }
//!
//! async fn desk(Passed(user): Passed<Basic<Staff>>) -> String {
//!     format!("{} sits at {}", user.name(), user.desk)
//! }
//!
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! let settings = BasicSettings::default();
//! let register = Register(Hash::of("secret", &settings).unwrap());
//!
//! let staff = Stack::new().shield(basic::<Register>("staff"));
//! let routes: Router<Register> = Router::new().route("/desk", staff.get(desk));
//! testudo::bind(&routes, [("basic.staff.realm", "staff")]).unwrap();
//!
//! let service = testudo_testkit::TestService::start(routes, register).await;
//! let call = service.get("/desk").header("authorization", "Basic YW5uOnNlY3JldA=="); // ann:secret
//! call.await.status(200).text("ann sits at 7");
//! let refused = service.get("/desk").await;
//! refused.status(401).header("www-authenticate", r#"Basic realm="staff", charset="UTF-8""#);
//! # });
//! ```

mod credentials;
mod hash;
mod passwords;
mod proof;
mod settings;
mod shield;
#[cfg(test)]
mod tests;
mod users;
mod work;

pub use self::{
    hash::{Hash, HashError},
    proof::Basic,
    settings::BasicSettings,
    shield::{BasicAuth, basic},
    users::{Rehash, Users},
};
