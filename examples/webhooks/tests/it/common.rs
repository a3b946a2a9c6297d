//! The service, and providers that sign.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;
use testudo_testkit::{Call, MockClock, TestService};
use webhooks::{App, Secret, Secrets, routes::routes};

pub(crate) const GITHUB_SECRET: &str = "the secret of GitHub";
pub(crate) const BILLING_SECRET: &str = "the secret of the billing provider";

/// The service with empty inboxes, its state, and a time that stands still.
pub(crate) async fn start() -> (TestService, App, MockClock) {
    let clock = MockClock::default();
    let secrets = Secrets { github: Secret::new(GITHUB_SECRET), billing: Secret::new(BILLING_SECRET) };
    let app = App::new(secrets, clock.clock());
    (TestService::start(routes(), app.clone()).await, app, clock)
}

/// HMAC-SHA256 in hexadecimal.
pub(crate) fn hmac(secret: &str, content: &[u8]) -> String {
    let mut hmac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key of any length");
    hmac.update(content);
    hex::encode(hmac.finalize().into_bytes())
}

pub(crate) fn push() -> Vec<u8> {
    let push = json!({
        "ref": "refs/heads/main",
        "after": "6dcb09b5b57875f334f61aebed695e2e4193db5e",
        "repository": { "full_name": "octocat/hello", "private": false },
    });
    push.to_string().into_bytes()
}

pub(crate) fn payment(id: &str) -> Vec<u8> {
    json!({ "id": id, "invoice": "INV-7", "cents": 4_200 }).to_string().into_bytes()
}

/// A delivery as GitHub makes it, but for the signature.
pub(crate) fn unsigned(service: &TestService, delivery: &str, content: &[u8]) -> Call {
    let call =
        service.post("/hooks/github").header("x-github-event", "push").header("x-github-delivery", delivery);
    call.header("content-type", "application/json").body(content.to_vec())
}

/// A delivery of GitHub.
pub(crate) fn github(service: &TestService, delivery: &str, content: &[u8]) -> Call {
    let signature = format!("sha256={}", hmac(GITHUB_SECRET, content));
    unsigned(service, delivery, content).header("x-hub-signature-256", &signature)
}

/// The header that the billing provider sends with this content at this time.
pub(crate) fn billing_header(secret: &str, seconds: u64, content: &[u8]) -> String {
    let signed = [format!("{seconds}.").as_bytes(), content].concat();
    format!("t={seconds},v1={}", hmac(secret, &signed))
}

/// A delivery of the billing provider.
pub(crate) fn billing(service: &TestService, seconds: u64, content: &[u8]) -> Call {
    let header = billing_header(BILLING_SECRET, seconds, content);
    service.post("/hooks/billing").header("x-signature", &header).body(content.to_vec())
}
