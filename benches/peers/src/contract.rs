//! What the two whole stacks have in common: checked before anything is measured, so that nobody wins by doing less.

use std::{
    fs::File,
    io::{Read, Write},
    net::TcpStream,
    path::Path,
};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::{Kind, Peer, route};

/// Fields that every response of a whole stack has.
const FIELDS: [&str; 10] = [
    "x-request-id",
    "vary",
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "cross-origin-resource-policy",
    "cross-origin-opener-policy",
    "permissions-policy",
    "content-security-policy",
    "cache-control",
];
/// Requests whose lines are counted.
const ASKED: usize = 5;

/// Starts the peer with its log in `log`, and checks what it does with requests.
///
/// # Errors
/// If it does less than it has to.
pub fn check(kind: Kind, log: &Path) -> Result<()> {
    let file = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
    let peer = Peer::start(kind, 1, &[], file.into())?;
    let request = String::from_utf8(route::request())?.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
    for _ in 0..ASKED {
        let answer = ask(&peer, &request)?;
        ensure!(answer.starts_with("http/1.1 200 "), "{}: {answer}", kind.id());
        ensure!(answer.contains(r#""name":"headphones""#), "{}: {answer}", kind.id());
        if kind != Kind::Bare {
            let missing: Vec<_> =
                FIELDS.into_iter().filter(|field| !answer.contains(&format!("\n{field}:"))).collect();
            ensure!(missing.is_empty(), "{}: no {}", kind.id(), missing.join(", "));
        }
    }
    if kind != Kind::Bare {
        let refused = ask(&peer, &request.replace(route::HOST, "other.example.com"))?;
        ensure!(refused.starts_with("http/1.1 421 "), "{}: another host gets {refused}", kind.id());
    }
    peer.stop()?;
    let lines = std::fs::read_to_string(log)?;
    let lines: Vec<Value> = lines.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let of_requests = lines.iter().filter(|line| line.to_string().contains("/products/2")).count();
    let expected = if kind == Kind::Bare { 0 } else { ASKED + 1 };
    ensure!(of_requests == expected, "{}: {of_requests} lines of {expected} requests", kind.id());
    Ok(())
}

/// Asks on a connection of its own. The answer is in lower case.
fn ask(peer: &Peer, request: &str) -> Result<String> {
    let mut stream = TcpStream::connect(peer.address())?;
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer.to_ascii_lowercase())
}
