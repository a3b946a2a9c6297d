//! What a service knows of every request, and leaves in its extensions.

mod client_ip;
mod id;
mod info;

pub use client_ip::ClientIp;
pub use id::RequestId;
pub use info::RequestInfo;
