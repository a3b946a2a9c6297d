//! What providers send, as far as this service reads it. They add members when they like, so unknown ones are ignored.

use serde::Deserialize;

/// Somebody has pushed to a repository on GitHub.
#[derive(Debug, Deserialize)]
pub struct PushEvent {
    /// The branch or tag, as `refs/heads/main`.
    #[serde(rename = "ref")]
    pub reference: String,
    /// The commit it points at now.
    pub after: String,
    /// Where.
    pub repository: Repository,
}

/// A repository on GitHub.
#[derive(Debug, Deserialize)]
pub struct Repository {
    /// Owner and name: `octocat/hello`.
    pub full_name: String,
}

/// Somebody has paid an invoice at the billing provider.
#[derive(Debug, Deserialize)]
pub struct InvoicePaid {
    /// Names the event. It is in the content, so the signature covers it.
    pub id: String,
    /// Names the invoice.
    pub invoice: String,
    /// What was paid.
    pub cents: u64,
}
